insert into lease(id, claim_id, lane, priority, attempt, crashes, suspicion, worker, started_at, expires_at, jobs, members)
values (:id, :claim_id, :lane, :priority, :attempt, :crashes, :suspicion, :worker, :now, :expires_at, :jobs, :members)
