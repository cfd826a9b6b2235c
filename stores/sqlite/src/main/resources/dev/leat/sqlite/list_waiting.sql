select id from waiting
where id ${behind} :after and retry = :retry and lane in (select value from json_each(:lanes))
order by id ${order} limit :most
