-- Whether a leadership is current; it stays so until this transaction ends. Parameters: role, node, epoch.
select 1 from ${schema}.leader
where role = :role::text and node = :node::text and epoch = :epoch::bigint
for share
