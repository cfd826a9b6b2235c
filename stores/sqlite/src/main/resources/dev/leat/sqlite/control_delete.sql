delete from control where space = :space and name = :name
