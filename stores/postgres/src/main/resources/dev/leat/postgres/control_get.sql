-- One record. Parameters: space, name.
select version, value from ${schema}.control where space = :space::text and name = :name::text
