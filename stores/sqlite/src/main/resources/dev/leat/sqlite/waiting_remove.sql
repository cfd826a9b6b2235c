delete from waiting where id = :id
