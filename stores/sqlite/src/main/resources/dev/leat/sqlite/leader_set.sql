insert or replace into leader(role, node, epoch, expires_at) values (:role, :node, :epoch, :expires_at)
