-- Settings that a store depends on, as a new session of this role has them, whatever this session has set. No parameters.
--   Result: name, value; the connections of clients as connections_used, whether the role sees what others do as monitor.
select name, reset_val "value" from pg_settings
where name in ('server_version', 'server_version_num', 'fsync', 'full_page_writes', 'synchronous_commit', 'autovacuum', 'track_counts',
               'max_connections', 'superuser_reserved_connections', 'statement_timeout',
               'idle_in_transaction_session_timeout')
union all
select 'connections_used', count(*)::text from pg_stat_activity where backend_type = 'client backend'
union all
select 'monitor', pg_has_role(current_user, 'pg_read_all_stats', 'usage')::text
union all
select 'recovery', pg_is_in_recovery()::text
