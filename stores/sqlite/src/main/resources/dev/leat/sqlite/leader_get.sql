select node, epoch, expires_at from leader where role = :role
