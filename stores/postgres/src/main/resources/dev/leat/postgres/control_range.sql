-- Records of a space behind a name. Parameters: space, after, max_rows.
select name, version, value from ${schema}.control
where space = :space::text and name > :after::text
order by name
limit :max_rows::int
