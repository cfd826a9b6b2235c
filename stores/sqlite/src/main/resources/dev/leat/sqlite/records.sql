select ${place},
  coalesce(l.started_at, d.started_at, a.started_at) started_at,
  d.finished_at,
  coalesce(l.worker, d.worker, a.worker) worker,
  j.content_type, j.payload, d.content_type result_type, d.result, d.error, d.detail
from ${places}
left join attempt a on a.job = j.id and a.lease = (select max(b.lease) from attempt b where b.job = j.id)
where j.id in (select value from json_each(:ids))
