-- Ends a leadership now. Parameters: role, node, epoch.
update ${schema}.leader set expires_at = ${schema}.now()
where role = :role::text and node = :node::text and epoch = :epoch::bigint
