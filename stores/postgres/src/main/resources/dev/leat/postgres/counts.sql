-- How many jobs of some queues are in each state. Parameters: tenant; from_queue, to_queue: the first and the last name that may be among
--   them; max_queues. Result: queue, state, jobs; by queue. A lane without jobs gives a row of its queue without a state.
with
queues as materialized (
  select distinct queue from ${schema}.lane
  where tenant = :tenant::text and queue >= :from_queue::text and queue <= :to_queue::text
  order by queue
  limit :max_queues::int),
lanes as materialized (
  select lane, queue from ${schema}.lane
  where tenant = :tenant::text and queue = any(array(select queue from queues))),
counted as (
  select lane, 'available' state, sum(n) jobs from ${schema}.ready where lane in (select lane from lanes) group by lane
  union all
  select lane, 'available', count(*) from ${schema}.suspect where lane in (select lane from lanes) group by lane
  union all
  select lane, case when retry then 'retryable' else 'scheduled' end, sum(n)
  from ${schema}.scheduled where lane in (select lane from lanes) group by lane, retry
  union all
  select lane, 'running', sum(upper(run) - lower(run))
  from ${schema}.lease l, unnest(l.ids) run where lane in (select lane from lanes) group by lane
  union all
  select lane, (array['completed', 'discarded', 'cancelled'])[state], count(*)
  from ${schema}.done where lane in (select lane from lanes) group by lane, state)
select queue, state, sum(jobs)::bigint jobs
from lanes left join counted using (lane)
group by queue, state
order by queue
