-- Has survivors of a range that was detached found by their lanes, once they are in DEFAULT. Parameter: ids. No result.
insert into ${schema}.enqueued(lane, id, n)
select j.lane, j.id, 1
from unnest(:ids::bigint[]) u(id), lateral (select lane, id from ${schema}.job where id = u.id offset 0) j
