-- Takes or keeps the leadership of a role. Parameters: role, node, lease_seconds. Result: epoch, expires_at; no row if another leads.
insert into ${schema}.leader(role, node, epoch, expires_at)
values (:role::text, :node::text, 1, ${schema}.now() + make_interval(secs => :lease_seconds::float8))
on conflict (role) do update
set node = excluded.node,
    epoch = leader.epoch + case when leader.node = excluded.node and leader.expires_at > ${schema}.now() then 0 else 1 end,
    expires_at = excluded.expires_at
where leader.node = excluded.node or leader.expires_at <= ${schema}.now()
returning epoch, expires_at
