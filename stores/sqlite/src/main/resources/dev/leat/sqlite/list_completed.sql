select j.id from job j where j.lane = :lane and j.id ${behind} :after
  and exists (select 1 from done d where d.id = j.id and d.state = 0)
order by j.id ${order} limit :most
