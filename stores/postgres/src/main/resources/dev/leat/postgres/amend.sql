-- Changes jobs that wait. Parameters: those of place.sql; and one change, the others null: run_after seconds from now, or run_at an
--   instant; or priority; or queue; or payload with its content_type and sha256.
-- Result: as of cancel.sql; and the answer 'laneless': the job's kind has no lane in that queue yet, so intern it and ask again.
with
${place},
due as materialized (
  select coalesce(:run_at::text::timestamptz, ${schema}.now() + make_interval(secs => :run_after::float8)) run_at),
aims as materialized (
  select a.lane, b.lane aim
  from (select distinct lane from found) f
  join ${schema}.lane a using (lane)
  left join ${schema}.lane b on b.tenant = a.tenant and b.queue = coalesce(:queue::text, a.queue) and b.kind = a.kind),
-- What is as asked already keeps its place.
judged as materialized (
  select f.*, a.aim,
         case when f.state not in ('available', 'scheduled', 'retryable') then 'not_allowed'
              when f.state = 'available' and due.run_at <= ${schema}.now()
                or f.priority = :priority::smallint
                or :queue::text is not null and f.lane = a.aim
                or f.content_type = :content_type::smallint and f.sha256 = :sha256::bytea then 'done'
              when a.aim is null then 'laneless'
              else 'moved' end answer
  from found f join aims a using (lane) cross join due),
${take},
-- A payload alone leaves a block at its pos; otherwise the job is new where it comes to.
placed as materialized (
  select t.id, t.aim lane, coalesce(:priority::smallint, t.priority) priority,
         greatest(octet_length(coalesce(:payload::bytea, j.payload)), 1) size, t.attempt, t.crashes,
         case when due.run_at is null then t.suspicion else 0::smallint end suspicion,
         case when :payload::bytea is null then ${schema}.micros() else t.pos end pos,
         case when due.run_at is null then t.run_at when due.run_at > ${schema}.now() then due.run_at end run_at,
         t.retry and due.run_at is null retry
  from taken t cross join due, lateral (
    select payload from ${schema}.job where id = t.id offset 0) j),
${put},
-- By what a job is known that is enqueued again, if that is about to change for the first time.
remembered as (
  insert into ${schema}.original(id, lane, content_type, sha256)
  select id, lane, content_type, sha256 from taken where :queue::text is not null or :payload::bytea is not null
  on conflict (id) do nothing),
changed as (
  update ${schema}.job j
  set lane = p.lane, priority = p.priority, content_type = coalesce(:content_type::smallint, j.content_type),
      sha256 = coalesce(:sha256::bytea, j.sha256), payload = coalesce(:payload::bytea, j.payload)
  from placed p
  where j.id = p.id and (select run_at is null from due)),
-- A job that comes to another lane is found there by a row of its own, unless it has been there before. The lock keeps what it
-- relies on from being cut (enqueued_cut.sql).
together as (
  insert into ${schema}.enqueued(lane, id, n)
  select p.lane, p.id, 1
  from placed p left join lateral (
    select id + n hi from ${schema}.enqueued
    where lane = p.lane and id <= p.id and id > p.id - 1000 order by id desc limit 1 for key share) e on true
  where :queue::text is not null and coalesce(e.hi, 0) <= p.id),
apart as (
  delete from ${schema}.enqueued e
  using taken t
  where :queue::text is not null and e.lane = t.lane and e.id = t.id and e.n = 1),
counted as (
  insert into ${schema}.step(lane, state, jobs)
  select lane, 0, -count(*) from taken where :queue::text is not null group by lane
  union all
  select lane, 0, count(*) from placed where :queue::text is not null group by lane
  union all
  select lane, case state when 'retryable' then 5 else 4 end, -count(*) from taken where state <> 'available' group by lane, state
  union all
  select lane, case when retry then 5 else 4 end, count(*) from placed where run_at is not null group by lane, retry)
select id, lane, 'done' answer,
       case when run_at is null then 'available' when retry then 'retryable' else 'scheduled' end state
from placed
union all
select id, lane, answer, state from judged where id not in (select id from taken)
