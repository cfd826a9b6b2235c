-- Runs that did not end their job, or after which it was retried by hand; oldest first. Parameter: ids.
select id, lid, attempt, (array['failed', 'snoozed', 'released', 'lost', 'cancelled'])[ended] ended, worker, started_at, ended_at, error, detail
from ${schema}.attempt
where id = any(:ids::bigint[])
order by id, lid
