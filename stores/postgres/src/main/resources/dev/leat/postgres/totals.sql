-- How many jobs of a tenant are in each state. Parameter: tenant. Result: state, jobs; a state without jobs may be missing.
-- What was stored is in some state: whatever did not end, does not wait for a time and does not run is available.
with
lanes as materialized (
  select lane from ${schema}.lane where tenant = :tenant::text),
counted as materialized (
  select state, jobs from ${schema}.total where lane = any(array(select lane from lanes))
  union all
  select state, jobs from ${schema}.step where lane in (select lane from lanes)
  union all
  select 6, sum(upper(run) - lower(run))
  from ${schema}.lease l, unnest(l.ids) run where lane in (select lane from lanes))
select (array['completed', 'discarded', 'cancelled', 'scheduled', 'retryable', 'running'])[state] state, sum(jobs)::bigint jobs
from counted
where state > 0
group by state
having sum(jobs) <> 0
union all
select 'available', sum(case state when 0 then jobs else -jobs end)::bigint
from counted
having sum(case state when 0 then jobs else -jobs end) <> 0
