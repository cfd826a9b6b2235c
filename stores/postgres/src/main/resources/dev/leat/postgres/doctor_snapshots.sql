-- Who keeps vacuum from removing dead rows of this database, worst first. No parameters. Result: kind, who: a pid or name;
--   application; doing; seconds, if they can be seen; transactions since then; bytes of log that are kept.
with held as (
  select 'session' kind, pid::text who, coalesce(nullif(application_name, ''), 'no name') application,
         coalesce(state, 'unseen') || coalesce(': ' || left(query, 80), '') doing,
         extract(epoch from clock_timestamp() - xact_start)::float8 seconds, age(backend_xmin)::int8 transactions, 0::int8 bytes
  from pg_stat_activity
  where backend_xmin is not null and pid <> pg_backend_pid() and datname = current_database()
  union all
  select 'prepared', gid, owner::text, 'prepared transaction', extract(epoch from clock_timestamp() - prepared)::float8,
         age(transaction)::int8, 0
  from pg_prepared_xacts where database = current_database()
  union all
  select 'slot', slot_name::text, coalesce(plugin::text, 'physical'), case when active then 'active' else 'inactive' end,
         null::float8, coalesce(age(xmin), 0)::int8,
         case when pg_is_in_recovery() then 0 else coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn), 0)::int8 end
  from pg_replication_slots
  union all
  select 'standby', pid::text, coalesce(nullif(application_name, ''), 'no name'), 'standby with hot_standby_feedback', null::float8,
         age(backend_xmin)::int8, 0
  from pg_stat_replication where backend_xmin is not null)
select * from held order by transactions desc, seconds desc nulls last limit 20
