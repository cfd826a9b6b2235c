delete from done where id = :id
