update job set position = :position where id = :id
