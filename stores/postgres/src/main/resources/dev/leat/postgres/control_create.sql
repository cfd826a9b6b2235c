-- Sets a record that does not exist. Parameters: space, name, version, value.
insert into ${schema}.control(space, name, version, value)
values (:space::text, :name::text, :version::bigint, :value::text)
on conflict do nothing
