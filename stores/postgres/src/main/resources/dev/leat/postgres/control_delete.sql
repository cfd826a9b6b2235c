-- Removes a record. Parameters: space, name, expected.
delete from ${schema}.control
where space = :space::text and name = :name::text and version = :expected::bigint
