-- Makes jobs available that wait or were given up. Parameters: tenant; ids: ascending, none twice; most_attempts: what a job may have used.
-- Result: as of cancel.sql.
with
asked as materialized (
  select j.id, j.lane
  from unnest(:ids::bigint[]) u(id), lateral (
    select id, lane from ${schema}.job where id = u.id offset 0) j
  where exists (select from ${schema}.lane a where a.lane = j.lane and a.tenant = :tenant::text)),
-- As in cancel.sql.
found as materialized (
  select a.id, a.lane, s.tid scheduled, coalesce(d.attempt, s.attempt) < :most_attempts::int may_run,
         case when d.state is not null then (array['completed', 'discarded', 'cancelled'])[d.state]
              when r.tid is not null or p.tid is not null then 'available'
              when s.tid is not null then case when s.retry then 'retryable' else 'scheduled' end
              else 'running' end state
  from asked a
  left join lateral (
    select ctid tid, lo + n hi from ${schema}.ready
    where lane = a.lane and lo <= a.id and lo > a.id - 1000 order by lo desc limit 1) r on r.hi > a.id
  left join lateral (
    select ctid tid, lo + n hi, retry, attempt from ${schema}.scheduled
    where lane = a.lane and lo <= a.id and lo > a.id - 1000 order by lo desc limit 1) s on s.hi > a.id
  left join lateral (select ctid tid from ${schema}.suspect where id = a.id offset 0) p on true
  left join lateral (select state, attempt from ${schema}.done where id = a.id offset 0) d on true),
scheduled_blocks as materialized (
  select ctid tid from ${schema}.scheduled
  where ctid = any(array(select scheduled from found where state in ('scheduled', 'retryable') and may_run))
  order by lo
  for update),
-- By id, since a ctid is one of each partition.
ended as materialized (
  select d.id
  from (select id from found where state in ('discarded', 'cancelled') and may_run and (select count(*) from scheduled_blocks) >= 0 order by id) f,
    lateral (select id from ${schema}.done where id = f.id offset 0 for update) d),
from_scheduled as (
  delete from ${schema}.scheduled
  where ctid = any(array(select tid from scheduled_blocks))
  returning ctid tid, run_at, lo, n, lane, priority, size, attempt, crashes, retry),
-- From the first to the last id, so that other partitions are left alone.
from_done as (
  delete from ${schema}.done
  where id = any(array(select id from ended)) and id >= (select min(id) from ended) and id <= (select max(id) from ended)
  returning id, lane, state, attempt, lid, worker, started_at, finished_at, error, detail),
rest_of_scheduled as (
  insert into ${schema}.scheduled(run_at, lo, n, lane, priority, size, attempt, crashes, retry)
  select w.run_at, lower(run), upper(run) - lower(run), w.lane, w.priority, w.size, w.attempt, w.crashes, w.retry
  from from_scheduled w
  join (select scheduled tid, range_agg(int8range(id, id + 1)) ids from found where scheduled is not null group by scheduled) f using (tid),
    unnest(int8multirange(int8range(w.lo, w.lo + w.n)) - f.ids) run),
retried as materialized (
  select b.id, b.attempt, j.lane, j.priority, j.size, j.max_attempts
  from (
    select id, attempt from from_done
    union all
    select f.id, w.attempt from found f join from_scheduled w on w.tid = f.scheduled) b, lateral (
    select lane, priority, greatest(octet_length(payload), 1) size, max_attempts from ${schema}.job where id = b.id offset 0) j),
raised as (
  update ${schema}.job j set max_attempts = r.attempt + 1
  from retried r
  where j.id = r.id and r.attempt >= r.max_attempts),
-- A run that was lost is logged already, and one that completed is not retried.
logged as (
  insert into ${schema}.attempt(id, lid, attempt, spent, crashes, ended, worker, started_at, ended_at, error, detail)
  select id, lid, attempt, attempt, 0, case state when 2 then 1 else 5 end, worker, started_at, finished_at, error, detail
  from from_done where lid is not null),
forgiven as (
  update ${schema}.attempt set crashes = 0
  where id = any(array(select id from retried)) and id >= (select min(id) from retried) and id <= (select max(id) from retried)
    and crashes > 0),
-- Contiguous ids that are alike become one block, of at most 1,000.
runs as (
  select *, id - row_number() over (partition by lane, priority, attempt order by id) run from retried),
parts as (
  select *, (id - min(id) over (partition by lane, priority, attempt, run)) / 1000 part from runs),
moved as (
  insert into ${schema}.ready(lane, priority, pos, lo, n, size, attempt)
  select lane, priority, ${schema}.micros(), min(id), count(*), max(size), attempt from parts group by lane, priority, attempt, run, part),
counted as (
  insert into ${schema}.step(lane, state, jobs)
  select lane, state, -count(*) from from_done group by lane, state
  union all
  select f.lane, case f.state when 'retryable' then 5 else 4 end, -count(*)
  from found f join from_scheduled w on w.tid = f.scheduled
  group by f.lane, f.state)
select f.id, f.lane,
       case when r.id is not null or f.state = 'available' then 'done'
            when f.state in ('scheduled', 'retryable', 'discarded', 'cancelled') and f.may_run then 'moved'
            else 'not_allowed' end answer,
       case when r.id is not null then 'available' else f.state end state
from found f left join retried r using (id)
