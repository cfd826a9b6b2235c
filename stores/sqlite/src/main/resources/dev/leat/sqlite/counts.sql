select t.slot, sum(t.jobs) jobs from lane l join total t on t.lane = l.lane
where l.tenant = :tenant and (:queue is null or l.queue = :queue)
group by t.slot
