select version, value from control where space = :space and name = :name
