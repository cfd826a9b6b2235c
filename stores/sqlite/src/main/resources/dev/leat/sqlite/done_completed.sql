-- Jobs of one lease that completed without a result.
insert into done(id, lane, state, attempt, crashes, lease, worker, started_at, finished_at)
select value, :lane, 0, :attempt, :crashes, :lease, :worker, :started_at, :now from json_each(:ids)
