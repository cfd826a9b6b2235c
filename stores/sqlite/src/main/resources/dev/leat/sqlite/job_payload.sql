update job set content_type = :content_type, payload = :payload where id = :id
