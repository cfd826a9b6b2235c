-- The version of the last write to a space. Parameter: space.
select revision from ${schema}.control_space where space = :space::text
