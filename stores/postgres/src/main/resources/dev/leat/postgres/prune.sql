-- Removes ended jobs whose time is over, of some ids. Parameters: from_id; to_id, exclusive; max_rows: how many ended jobs to look at;
--   completed_seconds, discarded_seconds, cancelled_seconds: how long they are kept, null for ever.
-- Result: lane, state, jobs: how many were removed; rows without a state whose block is that of a row of enqueued which
--   named some; and one row without a lane, whose reached is the id to go on from, null if all were looked at.
with
looked as materialized (
  select id,
         finished_at <= ${schema}.now() - make_interval(secs =>
           case state when 1 then :completed_seconds::float8 when 2 then :discarded_seconds::float8 else :cancelled_seconds::float8 end) expired
  from ${schema}.done
  where id >= :from_id::bigint and id < :to_id::bigint
  order by id
  limit :max_rows::int),
-- SKIP LOCKED: a job that is being retried by hand stays. The range beside the ids keeps other partitions out of it.
due as materialized (
  select d.id
  from looked l, lateral (select id from ${schema}.done where id = l.id offset 0 for update skip locked) d
  where l.expired),
-- SKIP LOCKED: nor is a key waited for that somebody takes over, perhaps for long; its job stays until the next pass.
keyed as materialized (
  select k.tid
  from due d, lateral (
    select ctid tid from ${schema}.unique_key where id = d.id and until is null offset 0 for update skip locked) k),
-- Only what this DELETE returns goes.
gone as (
  delete from ${schema}.done
  where id >= :from_id::bigint and id < :to_id::bigint and id = any(array(
    select id from due d
    where not exists (
      select from ${schema}.unique_key where id = d.id and until is null and ctid <> all(array(select tid from keyed)))))
  returning id, lane, state),
runs as (
  delete from ${schema}.attempt
  where id >= :from_id::bigint and id < :to_id::bigint and id = any(array(select id from gone))),
jobs as (
  delete from ${schema}.job
  where id >= :from_id::bigint and id < :to_id::bigint and id = any(array(select id from gone))),
keys as (
  delete from ${schema}.unique_key where ctid = any(array(select tid from keyed))),
originals as (
  delete from ${schema}.original where id = any(array(select id from gone))
  returning id, lane),
-- What names them as stored together, also in the lane that one came from: see enqueued_cut.sql.
blocks as (
  select distinct e.lane, e.id
  from (select lane, id from gone union all select lane, id from originals) g, lateral (
    select lane, id, n from ${schema}.enqueued
    where lane = g.lane and id <= g.id and id > g.id - 1000 order by id desc limit 1) e
  where e.id + e.n > g.id),
counted as (
  insert into ${schema}.step(lane, state, jobs)
  select lane, state, -count(*) from gone group by lane, state
  union all
  select lane, 0, -count(*) from gone group by lane)
select lane, state, count(*) jobs, null::bigint reached, null::bigint block from gone group by lane, state
union all
select lane, null, 0, null, id from blocks
union all
select null, null, 0, (select case when count(*) >= :max_rows::int then max(id) + 1 end from looked), null
