-- Keeps rows of enqueued from being relied on. Parameters: lanes, ids, aligned. A statement of its own, so that the next one sees what
-- those have done who were waited for. Result: id.
select e.id
from unnest(:lanes::int[], :ids::bigint[]) u(lane, id), lateral (
  select id from ${schema}.enqueued where lane = u.lane and id = u.id offset 0 for update) e
