-- Hands out one lease of suspects, if there are any that nobody else has locked. Parameters: claim_id; lanes; max_jobs; max_bytes; worker;
--   lease_seconds; first_part: leases made before under this claim id.
-- Result: a row per job, as of claim.sql.
with
-- More are locked than taken, since a lease holds only jobs that are alike.
near as materialized (
  select id, lane, priority, attempt, crashes, suspicion, size, pos
  from ${schema}.suspect
  where lane = any(:lanes::int[])
  order by suspicion desc, pos, id
  limit 64
  for update skip locked),
alike as (
  select n.id, n.lane, n.priority, n.attempt, n.crashes, n.suspicion,
         row_number() over v place, sum(n.size) over v bytes
  from near n
  join (select lane, priority, attempt, crashes, suspicion from near order by suspicion desc, pos, id limit 1) first
    using (lane, priority, attempt, crashes, suspicion)
  window v as (order by n.pos, n.id)),
accused as materialized (
  select * from alike
  where place <= least(:max_jobs::int, case suspicion when 2 then 1 else 16 end)
    and (place = 1 or bytes <= :max_bytes::bigint)),
taken as (
  delete from ${schema}.suspect
  where id = any(array(select id from accused))
  returning id),
-- nextval after the rows are ours, as in claim.sql.
made as materialized (
  select nextval('${schema}.lease_id') lid, q.*, ${schema}.now() + make_interval(secs => :lease_seconds::float8) lease_until
  from (
    select lane, priority, attempt, crashes, suspicion, range_agg(int8range(id, id + 1)) ids
    from accused
    where id in (select id from taken)
    group by lane, priority, attempt, crashes, suspicion) q),
kept as (
  insert into ${schema}.lease(lid, claim_id, part, ids, lane, priority, attempt, crashes, suspicion, worker, started_at, lease_until)
  select lid, :claim_id::uuid, :first_part::int + 1, ids, lane, priority, attempt + 1, crashes, suspicion, :worker::int,
         ${schema}.now(), lease_until
  from made)
select l.lid, case when j.first then l.lane end lane, case when j.first then l.priority end priority,
       case when j.first then l.attempt + 1 end attempt, case when j.first then l.suspicion end suspicion,
       case when j.first then l.lease_until end lease_until, null::bigint pos, j.id, j.content_type, j.max_attempts, j.payload
from made l, unnest(l.ids) run,
  lateral (
    select id, id = lower(l.ids) as first, content_type, max_attempts, payload
    from ${schema}.job
    where id >= lower(run) and id < upper(run)
    offset 0) j
