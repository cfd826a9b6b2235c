-- Puts jobs where they are to be. Needs placed: id, lane, priority, size, attempt, crashes, suspicion (0: none), pos, run_at (null:
--   available), retry. Contiguous ids that are alike become one block, of at most 1,000.
runs as (
  select *, id - row_number() over (partition by lane, priority, pos, run_at, retry, attempt, crashes order by id) run
  from placed where suspicion = 0),
parts as (
  select *, (id - min(id) over (partition by lane, priority, pos, run_at, retry, attempt, crashes, run)) / 1000 part from runs),
blocks as materialized (
  select lane, priority, pos, run_at, retry, attempt, crashes, min(id) lo, count(*) n, max(size) size
  from parts group by lane, priority, pos, run_at, retry, attempt, crashes, run, part),
put_ready as (
  insert into ${schema}.ready(lane, priority, pos, lo, n, size, attempt, crashes)
  select lane, priority, pos, lo, n, size, attempt, crashes from blocks where run_at is null),
put_suspect as (
  insert into ${schema}.suspect(id, lane, priority, pos, size, attempt, crashes, suspicion)
  select id, lane, priority, pos, size, attempt, crashes, suspicion from placed where suspicion > 0),
put_scheduled as (
  insert into ${schema}.scheduled(run_at, lo, n, lane, priority, size, attempt, crashes, retry)
  select run_at, lo, n, lane, priority, size, attempt, crashes, retry from blocks where run_at is not null)
