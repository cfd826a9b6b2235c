-- Those that go out with it.
select s.position, s.id, s.attempt, s.crashes, j.max_attempts, j.content_type, j.payload
from suspect s cross join job j on j.id = s.id
where s.lane = :lane and s.suspicion = :suspicion
  and s.priority = :priority and s.attempt = :attempt and s.crashes = :crashes
order by s.position
limit :most
