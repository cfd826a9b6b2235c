-- The run that ended a job which is retried by hand, if one did: 0 failed, 4 cancelled.
insert into attempt(job, lease, attempt, ended, worker, started_at, ended_at, error, detail)
select id, lease, attempt, iif(state = 2, 4, 0), worker, started_at, finished_at, error, detail
from done where id = :id and lease is not null
