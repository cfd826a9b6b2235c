-- Takes back the jobs of leases that have ended. Parameters: max_leases; mark: the lid to search from.
-- Result: id, lane, discarded of every job that came back; and one row without an id, whose oldest is a lid that no lease is older
--   than, but for those that are just being made.
-- Suspicion 2 ran alone: it alone is charged the crash and the attempt. Limits: 3 crashes, and the job's own attempts.
with
ended as materialized (
  select lid, ids, lane, priority, attempt, crashes, suspicion, worker, started_at
  from ${schema}.lease
  where lid >= :mark::bigint and lease_until <= ${schema}.now()
  order by lid
  limit :max_leases::int
  for update skip locked),
gone as (
  delete from ${schema}.lease where lid = any(array(select lid from ended))),
each as materialized (
  select e.lid, j.id, j.lane, j.priority, e.attempt, e.worker, e.started_at, greatest(octet_length(j.payload), 1) size,
         least(e.suspicion + 1, 2) suspicion,
         case e.suspicion when 2 then e.crashes + 1 else e.crashes end crashes,
         case e.suspicion when 2 then e.attempt else e.attempt - 1 end spent,
         j.max_attempts
  from ended e, unnest(e.ids) run, lateral (
    select id, lane, priority, payload, max_attempts
    from ${schema}.job
    where id >= lower(run) and id < upper(run)
    offset 0) j),
judged as materialized (
  select *,
         case when crashes >= 3 or spent >= max_attempts then
           format('its worker died or hung while it ran alone: crash %s of at most 3, attempt %s of at most %s',
                  crashes, spent, max_attempts) end error
  from each),
finished as (
  insert into ${schema}.done(id, lane, state, attempt, crashes, worker, started_at, finished_at, error)
  select id, lane, 2, spent, crashes, worker, started_at, ${schema}.now(), error
  from judged where error is not null),
back as (
  insert into ${schema}.suspect(id, lane, priority, pos, size, attempt, crashes, suspicion)
  select id, lane, priority, ${schema}.micros(), size, spent, crashes, suspicion
  from judged where error is null),
logged as (
  insert into ${schema}.attempt(id, lid, attempt, spent, crashes, ended, worker, started_at, ended_at, error)
  select id, lid, attempt, spent, crashes, 4, worker, started_at, ${schema}.now(), error from judged),
counted as (
  insert into ${schema}.step(lane, state, jobs)
  select lane, 2, count(*) from judged where error is not null group by lane)
select id, lane, error is not null discarded, null::bigint oldest from judged
union all
select null, null, null, coalesce(
  (select min(lid) from ${schema}.lease where lid >= :mark::bigint),
  pg_sequence_last_value('${schema}.lease_id'), 0)
