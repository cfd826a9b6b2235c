-- Makes jobs available that wait or were given up. Parameters: those of place.sql; most_attempts: what a job may have used.
-- Result: as of cancel.sql.
with
${place},
judged as materialized (
  select *,
         case when state = 'available' then 'done'
              when state in ('scheduled', 'retryable', 'discarded', 'cancelled') and spent < :most_attempts::int then 'moved'
              else 'not_allowed' end answer
  from found),
${take},
placed as materialized (
  select t.id, j.lane, j.priority, j.size, t.attempt, 0::smallint crashes, 0::smallint suspicion, ${schema}.micros() pos,
         null::timestamptz run_at, false retry, j.max_attempts
  from taken t, lateral (
    select lane, priority, greatest(octet_length(payload), 1) size, max_attempts from ${schema}.job where id = t.id offset 0) j),
${put},
raised as (
  update ${schema}.job j set max_attempts = p.attempt + 1
  from placed p
  where j.id = p.id and p.attempt >= p.max_attempts),
-- A run that was lost is logged already, and one that completed is not retried.
logged as (
  insert into ${schema}.attempt(id, lid, attempt, spent, crashes, ended, worker, started_at, ended_at, error, detail)
  select id, lid, attempt, attempt, 0, case state when 2 then 1 else 5 end, worker, started_at, finished_at, error, detail
  from from_done where lid is not null),
forgiven as (
  update ${schema}.attempt t set crashes = 0
  from placed p
  where t.id = p.id and t.crashes > 0),
counted as (
  insert into ${schema}.step(lane, state, jobs)
  select lane, case state when 'discarded' then 2 when 'cancelled' then 3 when 'retryable' then 5 else 4 end, -count(*)
  from taken
  group by lane, state)
select id, lane, 'done' answer, 'available' state from taken
union all
select id, lane, answer, state from judged where id not in (select id from taken)
