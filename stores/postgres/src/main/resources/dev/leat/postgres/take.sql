-- Takes jobs out of the rows that have them; the rest of a block stays where it is. Needs judged: found (place.sql) with an answer, which
--   for those to be taken is 'moved': that is what they are if they are not among those taken, so ask again.
-- Gives taken: the jobs that this call has now, as they were.
wanted as materialized (
  select * from judged where answer = 'moved'),
-- Locked table by table and in the order of ids, so that no two calls wait in a circle. Each count(*) has the table before locked
-- first. What was deleted while this waited is not returned: its jobs have moved.
ready_blocks as materialized (
  select ctid tid from ${schema}.ready
  where ctid = any(array(select ready from wanted where ready is not null))
  order by lo
  for update),
suspects as materialized (
  select ctid tid from ${schema}.suspect
  where ctid = any(array(select suspect from wanted where suspect is not null)) and (select count(*) from ready_blocks) >= 0
  order by id
  for update),
scheduled_blocks as materialized (
  select ctid tid from ${schema}.scheduled
  where ctid = any(array(select scheduled from wanted where scheduled is not null)) and (select count(*) from suspects) >= 0
  order by lo
  for update),
ended as materialized (
  select d.id
  from (select done from wanted where done is not null and (select count(*) from scheduled_blocks) >= 0 order by id) w,
    lateral (select id from ${schema}.done where id = w.done offset 0 for update) d),
from_ready as (
  delete from ${schema}.ready
  where ctid = any(array(select tid from ready_blocks))
  returning ctid tid, lane, priority, pos, lo, n, size, attempt, crashes),
from_suspect as (
  delete from ${schema}.suspect
  where ctid = any(array(select tid from suspects))
  returning id, pos, attempt, crashes, suspicion),
from_scheduled as (
  delete from ${schema}.scheduled
  where ctid = any(array(select tid from scheduled_blocks))
  returning ctid tid, run_at, lo, n, lane, priority, size, attempt, crashes, retry),
-- From the first to the last id, so that other partitions are left alone.
from_done as (
  delete from ${schema}.done
  where id = any(array(select id from ended)) and id >= (select min(id) from ended) and id <= (select max(id) from ended)
  returning id, state, attempt, crashes, lid, worker, started_at, finished_at, error, detail),
rest_of_ready as (
  insert into ${schema}.ready(lane, priority, pos, lo, n, size, attempt, crashes)
  select b.lane, b.priority, b.pos, lower(run), upper(run) - lower(run), b.size, b.attempt, b.crashes
  from from_ready b
  join (select ready tid, range_agg(int8range(id, id + 1)) ids from wanted where ready is not null group by ready) w using (tid),
    unnest(int8multirange(int8range(b.lo, b.lo + b.n)) - w.ids) run),
rest_of_scheduled as (
  insert into ${schema}.scheduled(run_at, lo, n, lane, priority, size, attempt, crashes, retry)
  select b.run_at, lower(run), upper(run) - lower(run), b.lane, b.priority, b.size, b.attempt, b.crashes, b.retry
  from from_scheduled b
  join (select scheduled tid, range_agg(int8range(id, id + 1)) ids from wanted where scheduled is not null group by scheduled) w using (tid),
    unnest(int8multirange(int8range(b.lo, b.lo + b.n)) - w.ids) run),
taken as materialized (
  select w.*, b.attempt, b.crashes, 0::smallint suspicion, b.pos, null::timestamptz run_at, false retry
  from wanted w join from_ready b on b.tid = w.ready
  union all
  select w.*, b.attempt, b.crashes, b.suspicion, b.pos, null, false
  from wanted w join from_suspect b using (id)
  union all
  select w.*, b.attempt, b.crashes, 0, null, b.run_at, b.retry
  from wanted w join from_scheduled b on b.tid = w.scheduled
  union all
  select w.*, b.attempt, b.crashes, 0, null, null, false
  from wanted w join from_done b using (id))
