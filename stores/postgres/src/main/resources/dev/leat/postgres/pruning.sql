-- How far pruning has come, for whoever is the only one to prune until its transaction ends. No parameters. Result: no row if somebody else
--   prunes; else a row: second (since 2024), made_to, ahead_lo, ahead_hi, mark, resting, may_change: whether the role may make and
--   detach partitions. A rest of longer than an hour is of before the clock was set back.
select floor(extract(epoch from ${schema}.now()) - 1704067200)::bigint as second, p.made_to, p.ahead_lo, p.ahead_hi, p.mark,
       p.rests_until > ${schema}.now() and p.rests_until <= ${schema}.now() + interval '1 hour' resting,
       pg_has_role(c.relowner, 'usage') and has_schema_privilege(c.relnamespace, 'create') may_change
from ${schema}.pruning p, pg_class c
where c.oid = '${schema}.job'::regclass
for update of p skip locked
