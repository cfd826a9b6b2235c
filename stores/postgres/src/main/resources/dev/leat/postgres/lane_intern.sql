-- Interns lanes that are missing. Parameters: tenants, queues, kinds, aligned and sorted. No result.
insert into ${schema}.lane(tenant, queue, kind)
select * from unnest(:tenants::text[], :queues::text[], :kinds::text[]) u(tenant, queue, kind)
on conflict do nothing
