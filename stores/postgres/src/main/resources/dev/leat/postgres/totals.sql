-- How many jobs of a tenant are in each state. Parameter: tenant. Result: state, jobs; a state without jobs may be missing.
with
lanes as materialized (
  select lane from ${schema}.lane where tenant = :tenant::text)
select state, sum(jobs)::bigint jobs
from (
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
  from ${schema}.done where lane in (select lane from lanes) group by state) counted
where jobs > 0
group by state
