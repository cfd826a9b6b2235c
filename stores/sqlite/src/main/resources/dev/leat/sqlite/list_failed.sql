-- Discarded or cancelled.
select id from done where state = :state and state > 0 and lane = :lane and id ${behind} :after
order by id ${order} limit :most
