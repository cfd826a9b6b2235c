-- As lease_members, without what the jobs carry.
select r.id, j.max_attempts
from running r cross join job j on j.id = r.id
where r.id in (select value from json_each(:ids)) and r.lease = :lease
order by r.id
