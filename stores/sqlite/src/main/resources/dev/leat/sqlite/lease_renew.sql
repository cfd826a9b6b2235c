update lease set expires_at = :expires_at where id = :id
