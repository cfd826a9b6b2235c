-- Names the queues in which a tenant ever had a job.
-- Parameters: tenant. Result: queue, by name.
select distinct queue
from ${schema}.lane
where tenant = :tenant::text
order by queue
