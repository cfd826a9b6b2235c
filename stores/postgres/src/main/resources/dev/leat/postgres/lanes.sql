-- Every lane there is. Result: lane, tenant, queue, kind.
select lane, tenant, queue, kind from ${schema}.lane
