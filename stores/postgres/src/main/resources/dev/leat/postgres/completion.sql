-- How the completion of a job in a caller's transaction stands. Parameters: lid: the job's own lease; id.
-- Result: held: whether the lease is there; free: whether no transaction is completing the job; completed: whether one has.
with
-- KEY SHARE: stands back from a settlement and not from a renewal, which is over in a moment.
free as materialized (
  select lid from ${schema}.lease
  where lid = :lid::bigint
  for key share skip locked)
select exists (select from ${schema}.lease where lid = :lid::bigint) held,
       exists (select from free) free,
       exists (select from ${schema}.done where id = :id::bigint and state = 1) completed
