delete from suspect where id = :id
