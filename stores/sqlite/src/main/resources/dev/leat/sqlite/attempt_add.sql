insert into attempt(job, lease, attempt, ended, worker, started_at, ended_at, error, detail)
values (:job, :lease, :attempt, :ended, :worker, :started_at, :ended_at, :error, :detail)
