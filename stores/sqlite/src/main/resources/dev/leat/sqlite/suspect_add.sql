insert into suspect(id, lane, priority, position, attempt, crashes, suspicion)
values (:id, :lane, :priority, :position, :attempt, :crashes, :suspicion)
