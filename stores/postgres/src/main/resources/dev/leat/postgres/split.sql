-- Moves a job out of its lease into a new one of its own, which ends when that one does. Parameters: lid, id.
-- Result: the lid of the new lease; no row if the old one does not hold the job.
with
held as materialized (
  select lid, claim_id, ids, ids - int8multirange(int8range(:id::bigint, :id::bigint + 1)) others, lane, priority, attempt, crashes,
         suspicion, worker, started_at, lease_until
  from ${schema}.lease
  where lid = :lid::bigint
  for update),
-- nextval after the row is ours, as in claim.sql.
own as materialized (
  select nextval('${schema}.lease_id') new_lid, h.* from held h where ids @> :id::bigint),
emptied as (
  delete from ${schema}.lease where lid = (select lid from own where isempty(others))),
shrunk as (
  update ${schema}.lease l set ids = o.others
  from own o
  where l.lid = :lid::bigint and not isempty(o.others)),
-- A part below zero says that the lease was made here (see renew.sql), and is no other's of the claim.
kept as (
  insert into ${schema}.lease(lid, claim_id, part, ids, lane, priority, attempt, crashes, suspicion, worker, started_at, lease_until)
  select new_lid, claim_id, (-1 - new_lid % 2147483648)::int, int8multirange(int8range(:id::bigint, :id::bigint + 1)), lane, priority,
         attempt, crashes, suspicion, worker, started_at, lease_until
  from own)
select new_lid lid from own
