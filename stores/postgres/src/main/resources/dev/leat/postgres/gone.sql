-- Ranges that were detached and whose tables are still there. No parameters. Result: part.
select distinct substring(relname from '_([0-9t]+)$') part
from pg_class
where relnamespace = to_regnamespace('${schema}') and relkind = 'r' and not relispartition and relname ~ '^gone_(job|enqueued|done|attempt)_[0-9]+t[0-9]+$'
order by part
