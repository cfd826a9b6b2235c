-- Adds up how many jobs there are. Parameter: max_steps. Result: steps that were added up.
with
taken as (
  delete from ${schema}.step
  where ctid = any(array(select ctid from ${schema}.step limit :max_steps::int for update skip locked))
  returning lane, state, jobs),
summed as (
  select lane, state, sum(jobs) jobs, count(*) steps from taken group by lane, state),
-- In one order, so that two who add up do not wait for each other in a circle.
added as (
  insert into ${schema}.total(lane, state, jobs)
  select lane, state, jobs from summed order by lane, state
  on conflict (lane, state) do update set jobs = total.jobs + excluded.jobs)
select coalesce(sum(steps), 0)::int steps from summed
