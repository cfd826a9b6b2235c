update job set max_attempts = :max_attempts where id = :id
