insert into done(id, lane, state, attempt, crashes, lease, worker, started_at, finished_at, content_type, result, error, detail)
values (:id, :lane, :state, :attempt, :crashes, :lease, :worker, :started_at, :now, :content_type, :result, :error, :detail)
