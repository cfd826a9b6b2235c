-- Of one lane, as the next three.
select id from job where lane = :lane and id ${behind} :after
order by id ${order} limit :most
