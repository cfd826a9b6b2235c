-- Few leases at a time, all read: an index would cost every renewal more.
select id, lane, priority, attempt, crashes, suspicion, worker, started_at, expires_at, jobs, members
from lease where expires_at <= :now
order by id
limit :most
