delete from lease where id = :id
