update job set lane = :lane, priority = :priority where id = :id
