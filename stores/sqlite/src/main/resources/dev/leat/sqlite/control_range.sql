select name, version, value from control where space = :space and name > :after order by name limit :most
