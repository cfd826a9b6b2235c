-- The backends of the processes that listen, but this one. Parameters: listeners: the name of the sessions that listen; own: the backends by
--   which this process does. Result: pid. Not from pg_stat_activity, which costs five times as much.
select pid
from pg_stat_get_activity(null)
where application_name = :listeners and pid <> all(:own::int[])
  and datid = (select oid from pg_database where datname = current_database())
