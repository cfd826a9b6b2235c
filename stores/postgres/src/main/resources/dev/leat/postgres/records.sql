-- Jobs with everything known of them. Parameters: tenant; ids.
-- Result: a row per job of the tenant and attempt of it that did not end it, or after which it was retried by hand; the attempts of a
--   job one after the other and oldest first: lid, its number tried, ended, ran_by, began_at, ended_at, problem, trace. All else is to be read
--   from the row whose later is null, that of the last attempt; the row of a job without attempts has no lid.
-- One statement, so that it sees one moment: a moment behind its locks, and so never the jobs of a range without those that were
--   just moved to DEFAULT. A job without a row in done, lease or scheduled is available: so none is ever missing, whatever moves meanwhile.
with
wanted as materialized (
  select range_agg(int8range(id, id + 1)) ids from unnest(:ids::bigint[]) u(id)),
running as materialized (
  select g.id, l.attempt, l.crashes, l.started_at, l.worker
  from wanted w join ${schema}.lease l on l.ids && w.ids, unnest(l.ids * w.ids) run, generate_series(lower(run), upper(run) - 1) g(id))
select j.id, a.tenant, a.queue, a.kind, j.priority, j.content_type, case when t.later is null then j.payload end payload,
       j.max_attempts, j.created_at,
       case when d.id is not null then (array['completed', 'discarded', 'cancelled'])[d.state]
            when r.id is not null then 'running'
            when s.lo is not null then case when s.retry then 'retryable' else 'scheduled' end
            else 'available' end state,
       coalesce(d.attempt, r.attempt, t.spent, 0) attempt,
       coalesce(d.crashes, r.crashes, t.crashes, 0) crashes,
       s.run_at, coalesce(d.started_at, r.started_at, t.started_at) started_at, d.finished_at,
       coalesce(d.worker, r.worker, t.worker) worker, d.result_type, case when t.later is null then d.result end result,
       case when t.later is null then d.error end error, case when t.later is null then d.detail end detail,
       t.lid, t.later, t.attempt tried, (array['failed', 'snoozed', 'released', 'lost', 'cancelled'])[t.ended] ended, t.worker ran_by,
       t.started_at began_at, t.ended_at, t.error problem, t.detail trace
from unnest(:ids::bigint[]) u(id)
cross join lateral (select * from ${schema}.job where id = u.id offset 0) j
join ${schema}.lane a on a.lane = j.lane and a.tenant = :tenant::text
left join lateral (select * from ${schema}.done where id = j.id offset 0) d on true
left join running r on r.id = j.id
left join lateral (
  select * from ${schema}.scheduled where lane = j.lane and lo <= j.id and lo > j.id - 1000 order by lo desc limit 1) s on s.lo + s.n > j.id
left join lateral (
  select *, lead(lid) over (order by lid) later from ${schema}.attempt where id = j.id offset 0) t on true
order by j.id, t.lid
