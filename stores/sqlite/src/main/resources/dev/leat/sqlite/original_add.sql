insert into original(id, lane, content_type, sha256) values (:id, :lane, :content_type, :sha256)
on conflict(id) do nothing
