-- Calls off jobs that do not run. Parameters: tenant; ids: ascending, none twice.
-- Result: a row per job of the tenant: id, lane, answer ('done', 'not_allowed', or 'moved': somebody else had just moved it, so ask again),
--   state as it is now.
with
asked as materialized (
  select j.id, j.lane
  from unnest(:ids::bigint[]) u(id), lateral (
    select id, lane from ${schema}.job where id = u.id offset 0) j
  where exists (select from ${schema}.lane a where a.lane = j.lane and a.tenant = :tenant::text)),
-- Where each is: in one snapshot a job is in exactly one table, so what is in none of these is in a lease. No block is longer than 1,000.
found as materialized (
  select a.id, a.lane, r.tid ready, p.tid suspect, s.tid scheduled,
         case when d.state is not null then (array['completed', 'discarded', 'cancelled'])[d.state]
              when r.tid is not null or p.tid is not null then 'available'
              when s.tid is not null then case when s.retry then 'retryable' else 'scheduled' end
              else 'running' end state
  from asked a
  left join lateral (
    select ctid tid, lo + n hi from ${schema}.ready
    where lane = a.lane and lo <= a.id and lo > a.id - 1000 order by lo desc limit 1) r on r.hi > a.id
  left join lateral (
    select ctid tid, lo + n hi, retry from ${schema}.scheduled
    where lane = a.lane and lo <= a.id and lo > a.id - 1000 order by lo desc limit 1) s on s.hi > a.id
  left join lateral (select ctid tid from ${schema}.suspect where id = a.id offset 0) p on true
  left join lateral (select state from ${schema}.done where id = a.id offset 0) d on true),
-- Locked table by table and in the order of ids, as every call of this kind does, so that none waits in a circle. Each count(*) has the
-- table before locked first. What was deleted while this waited is not returned: its jobs have moved.
ready_blocks as materialized (
  select ctid tid from ${schema}.ready
  where ctid = any(array(select ready from found where ready is not null))
  order by lo
  for update),
suspects as materialized (
  select ctid tid from ${schema}.suspect
  where ctid = any(array(select suspect from found where suspect is not null)) and (select count(*) from ready_blocks) >= 0
  order by id
  for update),
scheduled_blocks as materialized (
  select ctid tid from ${schema}.scheduled
  where ctid = any(array(select scheduled from found where scheduled is not null)) and (select count(*) from suspects) >= 0
  order by lo
  for update),
from_ready as (
  delete from ${schema}.ready
  where ctid = any(array(select tid from ready_blocks))
  returning ctid tid, lane, priority, pos, lo, n, size, attempt, crashes),
from_suspect as (
  delete from ${schema}.suspect
  where ctid = any(array(select tid from suspects))
  returning id, attempt, crashes),
from_scheduled as (
  delete from ${schema}.scheduled
  where ctid = any(array(select tid from scheduled_blocks))
  returning ctid tid, run_at, lo, n, lane, priority, size, attempt, crashes, retry),
rest_of_ready as (
  insert into ${schema}.ready(lane, priority, pos, lo, n, size, attempt, crashes)
  select w.lane, w.priority, w.pos, lower(run), upper(run) - lower(run), w.size, w.attempt, w.crashes
  from from_ready w
  join (select ready tid, range_agg(int8range(id, id + 1)) ids from found where ready is not null group by ready) f using (tid),
    unnest(int8multirange(int8range(w.lo, w.lo + w.n)) - f.ids) run),
rest_of_scheduled as (
  insert into ${schema}.scheduled(run_at, lo, n, lane, priority, size, attempt, crashes, retry)
  select w.run_at, lower(run), upper(run) - lower(run), w.lane, w.priority, w.size, w.attempt, w.crashes, w.retry
  from from_scheduled w
  join (select scheduled tid, range_agg(int8range(id, id + 1)) ids from found where scheduled is not null group by scheduled) f using (tid),
    unnest(int8multirange(int8range(w.lo, w.lo + w.n)) - f.ids) run),
cancelled as materialized (
  select f.id, f.lane, f.state, w.attempt, w.crashes from found f join from_ready w on w.tid = f.ready
  union all
  select f.id, f.lane, f.state, w.attempt, w.crashes from found f join from_suspect w using (id)
  union all
  select f.id, f.lane, f.state, w.attempt, w.crashes from found f join from_scheduled w on w.tid = f.scheduled),
finished as (
  insert into ${schema}.done(id, lane, state, attempt, crashes, finished_at, error)
  select id, lane, 3, attempt, crashes, ${schema}.now(), 'cancelled by hand while it was ' || state from cancelled),
counted as (
  insert into ${schema}.step(lane, state, jobs)
  select lane, 3, count(*) from cancelled group by lane
  union all
  select lane, case state when 'retryable' then 5 else 4 end, -count(*) from cancelled where state <> 'available' group by lane, state)
select f.id, f.lane,
       case when c.id is not null then 'done'
            when f.state in ('available', 'scheduled', 'retryable') then 'moved'
            else 'not_allowed' end answer,
       case when c.id is not null then 'cancelled' else f.state end state
from found f left join cancelled c using (id)
