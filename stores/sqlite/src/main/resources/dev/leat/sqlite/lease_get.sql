select id, lane, priority, attempt, crashes, suspicion, worker, started_at, expires_at, jobs, members
from lease where id = :id
