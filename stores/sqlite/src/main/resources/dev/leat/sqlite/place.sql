-- Where a job is: the part of a query that several have in common.
case
  when d.id is not null then case d.state when 0 then 'completed' when 1 then 'discarded' else 'cancelled' end
  when u.id is not null then 'running'
  when w.id is not null then iif(w.retry = 1, 'retryable', 'scheduled')
  else 'available'
end state,
j.id, j.lane, j.priority, j.position, j.max_attempts, j.created_at,
coalesce(d.attempt, l.attempt, w.attempt, s.attempt, r.attempt) attempt,
coalesce(d.crashes, l.crashes, w.crashes, s.crashes, r.crashes) crashes,
coalesce(s.suspicion, 0) suspicion,
w.due
