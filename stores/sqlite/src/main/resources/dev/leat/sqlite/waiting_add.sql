insert into waiting(id, due, lane, priority, attempt, crashes, retry)
values (:id, :due, :lane, :priority, :attempt, :crashes, :retry)
