-- Moves the survivors of a range that was detached to DEFAULT. ${table}, ${part}. Parameter: ids. No result.
with kept as (
  delete from ${schema}.gone_${table}_${part} where id = any(:ids::bigint[]) returning *)
insert into ${schema}.${table} select * from kept
