-- How many jobs of some queues are in each state. Parameters: tenant; from_queue, to_queue: the first and the last name that may be among
--   them; max_queues. Result: queue, state, jobs; by queue. A queue without available jobs gives a row without a state.
with
queues as materialized (
  select distinct queue from ${schema}.lane
  where tenant = :tenant::text and queue >= :from_queue::text and queue <= :to_queue::text
  order by queue
  limit :max_queues::int),
lanes as materialized (
  select lane, queue from ${schema}.lane
  where tenant = :tenant::text and queue = any(array(select queue from queues))),
-- As in totals.sql.
counted as materialized (
  select lane, state, jobs from ${schema}.total where lane = any(array(select lane from lanes))
  union all
  select lane, state, jobs from ${schema}.step where lane in (select lane from lanes)
  union all
  select lane, 6, sum(upper(run) - lower(run))
  from ${schema}.lease l, unnest(l.ids) run where lane in (select lane from lanes) group by lane),
summed as (
  select queue, (array['completed', 'discarded', 'cancelled', 'scheduled', 'retryable', 'running'])[state] state, sum(jobs) jobs
  from lanes join counted using (lane)
  where state > 0
  group by queue, state
  union all
  select queue, 'available', sum(case state when 0 then jobs else -jobs end)
  from lanes left join counted using (lane)
  group by queue)
select queue, case when jobs <> 0 then state end state, jobs::bigint jobs
from summed
where jobs <> 0 or state = 'available'
order by queue
