-- The ranges of ids that have partitions of their own, oldest first. No parameters. Result: part, as the names of its tables end; lo; hi, exclusive.
select substr(c.relname, 6) part, bound[1]::bigint lo, bound[2]::bigint hi
from pg_inherits i
join pg_class c on c.oid = i.inhrelid,
  regexp_match(pg_get_expr(c.relpartbound, c.oid), $$FROM \(\D*(\d+)\D*\) TO \(\D*(\d+)$$) bound
where i.inhparent = '${schema}.done'::regclass and bound is not null
order by lo
