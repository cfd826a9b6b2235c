-- What goes with a range that was detached. ${part}. Result: lane, state, jobs.
with
gone as materialized (
  select lane, state, count(*) jobs from ${schema}.gone_done_${part} group by lane, state),
counted as (
  insert into ${schema}.step(lane, state, jobs)
  select lane, state, -jobs from gone
  union all
  select lane, 0, -sum(jobs) from gone group by lane)
select lane, state, jobs from gone
