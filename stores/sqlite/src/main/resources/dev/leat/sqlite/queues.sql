-- A page of queues, also those that have no job any more.
select l.queue, t.slot, coalesce(sum(t.jobs), 0) jobs
from (select distinct queue from lane where tenant = :tenant and queue > :after order by queue limit :most) q
join lane l on l.tenant = :tenant and l.queue = q.queue
left join total t on t.lane = l.lane
group by l.queue, t.slot
order by l.queue
