-- Serialises the writers of spaces, so that versions grow in the order in which writes become visible. Parameter: spaces, sorted.
insert into ${schema}.control_space(space, revision)
select space, 0 from unnest(:spaces::text[]) space
on conflict (space) do update set revision = control_space.revision
