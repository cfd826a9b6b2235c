-- Makes due jobs available, most overdue first. Parameters: max_jobs; mark: the due time to search from; one that lies ahead is of
--   before the clock was set back. Result: lane, how many, reached: the latest due time of them.
with
due as materialized (
  select ctid tid, n from ${schema}.scheduled
  where run_at <= ${schema}.now()
    and run_at >= case when :mark::timestamptz <= ${schema}.now() then :mark::timestamptz else '-infinity' end
  order by run_at, lo
  limit :max_jobs::int
  for update skip locked),
summed as (
  select tid, sum(n) over v - n before from due window v as (rows unbounded preceding)),
won as (
  delete from ${schema}.scheduled
  where ctid = any(array(select tid from summed where before < :max_jobs::int))
  returning ctid tid, run_at, lo, n, lane, priority, size, attempt, crashes, retry),
cut as materialized (
  select w.*, least(w.n, :max_jobs::int - s.before)::int took from won w join summed s using (tid)),
rest as (
  insert into ${schema}.scheduled(run_at, lo, n, lane, priority, size, attempt, crashes, retry)
  select run_at, lo + took, n - took, lane, priority, size, attempt, crashes, retry from cut where n > took),
moved as (
  insert into ${schema}.ready(lane, priority, pos, lo, n, size, attempt, crashes)
  select lane, priority, ${schema}.micros(), lo, took, size, attempt, crashes from cut),
counted as (
  insert into ${schema}.step(lane, state, jobs)
  select lane, case when retry then 5 else 4 end, -sum(took) from cut group by lane, retry)
select lane, sum(took)::int jobs, max(run_at) reached from cut group by lane
