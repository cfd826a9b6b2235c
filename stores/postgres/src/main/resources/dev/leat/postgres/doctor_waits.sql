-- Who waits for a lock while using Leat's tables, and for whom. Parameters: schema: its name. Result: pid, application, seconds,
--   blocker, blocking: its application and what it does.
select w.pid, coalesce(nullif(w.application_name, ''), 'no name') application,
       coalesce(extract(epoch from clock_timestamp() - w.query_start), 0)::float8 seconds, b.pid blocker,
       coalesce(nullif(b.application_name, ''), 'no name') || ', ' || coalesce(b.state, 'unseen') blocking
from pg_stat_activity w, unnest(pg_blocking_pids(w.pid)) x(pid), pg_stat_activity b
where w.datname = current_database() and w.wait_event_type = 'Lock' and b.pid = x.pid
  and exists (select from pg_locks l join pg_class c on c.oid = l.relation join pg_namespace n on n.oid = c.relnamespace
              where l.pid = w.pid and n.nspname = :schema)
order by seconds desc, w.pid, b.pid limit 20
