-- Leat's tables, largest first, each with its partitions. Parameters: schema: its name. Result: name, live and dead rows, bytes of the table and of its
--   indexes, rows inserted and deleted since the server counts. To ask for a size waits for whoever has locked the table, so of one
--   that is locked the size is what vacuum has seen last.
with locked as (
  select l.relation from pg_locks l where l.granted and l.mode = 'AccessExclusiveLock' and l.relation is not null
  union
  select i.indrelid from pg_locks l join pg_index i on i.indexrelid = l.relation
  where l.granted and l.mode = 'AccessExclusiveLock')
select coalesce(p.relname, c.relname) "name", sum(s.n_live_tup) live, sum(s.n_dead_tup) dead,
       sum(case when c.oid in (select relation from locked) then c.relpages * 8192::int8 else pg_table_size(c.oid) end) table_bytes,
       sum(case when c.oid in (select relation from locked) then 0 else pg_indexes_size(c.oid) end) index_bytes,
       sum(s.n_tup_ins) inserted, sum(s.n_tup_del) deleted
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
join pg_stat_user_tables s on s.relid = c.oid
left join pg_inherits i on i.inhrelid = c.oid
left join pg_class p on p.oid = i.inhparent
where n.nspname = :schema and c.relkind = 'r'
group by 1
order by sum(c.relpages) desc, 1
