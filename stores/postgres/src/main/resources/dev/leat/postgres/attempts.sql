-- Runs that did not end their job, oldest first. Parameter: ids.
select id, lid, attempt, (array['failed', 'snoozed', 'released', 'lost'])[ended] ended, worker, started_at, ended_at, error, detail
from ${schema}.attempt
where id = any(:ids::bigint[])
order by id, lid
