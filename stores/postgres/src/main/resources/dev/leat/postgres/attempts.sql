-- Runs that did not end their job, or after which it was retried by hand; oldest first. Parameters: ids.
-- Id by id, so that each looks into the one partition that may have it.
select t.*
from unnest(:ids::bigint[]) u(id), lateral (
  select id, lid, attempt, (array['failed', 'snoozed', 'released', 'lost', 'cancelled'])[ended] ended, worker, started_at, ended_at, error, detail
  from ${schema}.attempt
  where id = u.id
  offset 0) t
order by t.id, t.lid
