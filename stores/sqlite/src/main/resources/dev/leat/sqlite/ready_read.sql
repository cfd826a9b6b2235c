-- The next jobs of a lane and priority. A cross join keeps its order.
select r.position, r.id, r.attempt, r.crashes, j.max_attempts, j.content_type, j.payload
from ready r cross join job j on j.id = r.id
where r.lane = :lane and r.priority = :priority
order by r.position
limit :most
