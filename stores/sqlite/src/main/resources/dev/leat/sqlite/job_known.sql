-- What a job was enqueued with. The payload only where nobody has changed it.
select j.nonce,
  coalesce(o.lane, j.lane) lane,
  coalesce(o.content_type, j.content_type) content_type,
  o.sha256,
  iif(o.id is null, j.payload, null) payload
from job j left join original o on o.id = j.id
where j.id = :id
