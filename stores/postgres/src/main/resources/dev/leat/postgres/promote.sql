-- Makes due jobs available, most overdue first. Parameters: max_jobs; mark: the due time to search from; one that lies ahead is of
--   before the clock was set back. Result: lane, how many, reached: the latest due time of them.
with
due as materialized (
  select ctid tid, * from ${schema}.scheduled
  where run_at <= ${schema}.now()
    and run_at >= case when :mark::timestamptz <= ${schema}.now() then :mark::timestamptz else '-infinity' end
  order by run_at, lo
  limit :max_jobs::int
  for update skip locked),
cut as materialized (
  select s.*, least(n, :max_jobs::int - before)::int took
  from (select d.*, sum(n) over (rows unbounded preceding) - n before from due d) s
  where before < :max_jobs::int),
-- As in claim.sql: not joined with what was deleted, and nothing done unless all of them were.
won as (
  delete from ${schema}.scheduled where ctid = any(array(select tid from cut))
  returning 1),
sure as materialized (
  select 1 / ((select count(*) from won) = (select count(*) from cut))::int one),
rest as (
  insert into ${schema}.scheduled(run_at, lo, n, lane, priority, size, attempt, crashes, retry)
  select run_at, lo + took, n - took, lane, priority, size, attempt, crashes, retry from cut where n > took),
moved as (
  insert into ${schema}.ready(lane, priority, pos, lo, n, size, attempt, crashes)
  select lane, priority, ${schema}.micros(), lo, took, size, attempt, crashes from cut
  where (select one from sure) = 1),
counted as (
  insert into ${schema}.step(lane, state, jobs)
  select lane, case when retry then 5 else 4 end, -sum(took) from cut group by lane, retry)
select lane, sum(took)::int jobs, max(run_at) reached from cut group by lane
