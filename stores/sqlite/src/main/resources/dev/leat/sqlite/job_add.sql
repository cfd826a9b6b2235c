-- Changes nothing if the id is known.
insert into job(id, lane, priority, position, max_attempts, nonce, created_at, content_type, payload)
values (:id, :lane, :priority, :position, :max_attempts, :nonce, :now, :content_type, :payload)
on conflict(id) do nothing
