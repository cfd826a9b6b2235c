-- Where to look for it.
job j
left join done d on d.id = j.id
left join running u on u.id = j.id
left join lease l on l.id = u.lease
left join waiting w on w.id = j.id
left join suspect s on s.id = j.id
left join ready r on r.lane = j.lane and r.priority = j.priority and r.position = j.position and r.id = j.id
