select r.id from running r
where r.id ${behind} :after
  and (select l.lane from lease l where l.id = r.lease) in (select value from json_each(:lanes))
order by r.id ${order} limit :most
