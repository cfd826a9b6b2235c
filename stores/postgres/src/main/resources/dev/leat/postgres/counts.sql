-- How many jobs of a queue are in each state. Parameters: tenant, queue. Result: state, jobs.
with lanes as materialized (
  select lane from ${schema}.lane where tenant = :tenant::text and queue = :queue::text)
select state, sum(jobs)::bigint jobs from (
  select 'available' state, sum(n) jobs from ${schema}.ready where lane in (select lane from lanes)
  union all
  select 'available', count(*) from ${schema}.suspect where lane in (select lane from lanes)
  union all
  select case when retry then 'retryable' else 'scheduled' end, sum(n)
  from ${schema}.scheduled where lane in (select lane from lanes) group by retry
  union all
  select 'running', sum(upper(run) - lower(run))
  from ${schema}.lease l, unnest(l.ids) run where lane in (select lane from lanes)
  union all
  select (array['completed', 'discarded', 'cancelled'])[state], count(*)
  from ${schema}.done where lane in (select lane from lanes) group by state) q
group by state
having sum(jobs) > 0
