-- The jobs that a lease still holds.
select r.id, j.max_attempts, j.content_type, j.payload
from running r cross join job j on j.id = r.id
where r.id in (select value from json_each(:ids)) and r.lease = :lease
order by r.id
