update lease set jobs = :jobs where id = :id
