-- Reads all that is available in the lane: it is kept in the order of claims.
select id from (
  select id from ready where lane = :lane and id ${behind} :after
  union all
  select id from suspect where lane = :lane and id ${behind} :after)
order by id ${order} limit :most
