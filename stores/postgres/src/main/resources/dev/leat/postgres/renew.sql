-- Makes leases end later. Parameters: lids; lease_seconds. Result: the lids that are still held, and which of them were renewed.
-- SKIP LOCKED: a lease that another statement holds at this moment is not waited for. If it has not ended it is alive, since only a
-- lease that has ended can be taken back, and its turn comes when it is asked for again. One that split.sql made may be locked for as
-- long as a caller's transaction lasts, and is alive until that ends.
with
free as materialized (
  select lid from ${schema}.lease
  where lid = any(:lids::bigint[])
  order by lid
  for no key update skip locked),
renewed as (
  update ${schema}.lease set lease_until = ${schema}.now() + make_interval(secs => :lease_seconds::float8)
  where lid = any(array(select lid from free))
  returning lid)
select lid, true renewed from renewed
union all
select lid, false from ${schema}.lease
where lid = any(:lids::bigint[]) and lid <> all(array(select lid from renewed)) and (lease_until > ${schema}.now() or part < 0)
