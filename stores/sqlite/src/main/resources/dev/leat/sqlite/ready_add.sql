insert into ready(lane, priority, position, id, attempt, crashes)
values (:lane, :priority, :position, :id, :attempt, :crashes)
