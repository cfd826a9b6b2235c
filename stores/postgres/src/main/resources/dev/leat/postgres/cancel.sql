-- Calls off jobs that do not run. Parameters: those of place.sql.
-- Result: a row per job of the tenant: id, lane, answer ('done', 'not_allowed', or 'moved': somebody else had just moved it, so ask again),
--   state as it is now.
with
${place},
judged as materialized (
  select *, case when state in ('available', 'scheduled', 'retryable') then 'moved' else 'not_allowed' end answer from found),
${take},
finished as (
  insert into ${schema}.done(id, lane, state, attempt, crashes, finished_at, error)
  select id, lane, 3, attempt, crashes, ${schema}.now(), 'cancelled by hand while it was ' || state from taken),
counted as (
  insert into ${schema}.step(lane, state, jobs)
  select lane, 3, count(*) from taken group by lane
  union all
  select lane, case state when 'retryable' then 5 else 4 end, -count(*) from taken where state <> 'available' group by lane, state)
select id, lane, 'done' answer, 'cancelled' state from taken
union all
select id, lane, answer, state from judged where id not in (select id from taken)
