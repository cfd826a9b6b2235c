-- Sets a record that exists. Parameters: value, version, space, name, expected.
update ${schema}.control set value = :value::text, version = :version::bigint
where space = :space::text and name = :name::text and version = :expected::bigint
