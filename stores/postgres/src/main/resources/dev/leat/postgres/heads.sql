-- What a list tells of jobs. Parameters: tenant; ids. Result: a row per job of the tenant, in no order.
-- As records.sql, but no column is named that a job may fill with much: what is kept beside the row is not read.
with
wanted as materialized (
  select range_agg(int8range(id, id + 1)) ids from unnest(:ids::bigint[]) u(id)),
running as materialized (
  select g.id, l.attempt, l.crashes, l.started_at, l.worker
  from wanted w join ${schema}.lease l on l.ids && w.ids, unnest(l.ids * w.ids) run, generate_series(lower(run), upper(run) - 1) g(id))
select j.id, a.tenant, a.queue, a.kind, j.priority, j.max_attempts, j.created_at,
       case when d.id is not null then (array['completed', 'discarded', 'cancelled'])[d.state]
            when r.id is not null then 'running'
            when s.lo is not null then case when s.retry then 'retryable' else 'scheduled' end
            else 'available' end state,
       coalesce(d.attempt, r.attempt, t.spent, 0) attempt,
       coalesce(d.crashes, r.crashes, t.crashes, 0) crashes,
       s.run_at, coalesce(d.started_at, r.started_at, t.started_at) started_at, d.finished_at,
       coalesce(d.worker, r.worker, t.worker) worker, coalesce(d.error, t.error) error
from unnest(:ids::bigint[]) u(id)
cross join lateral (select id, lane, priority, max_attempts, created_at from ${schema}.job where id = u.id offset 0) j
join ${schema}.lane a on a.lane = j.lane and a.tenant = :tenant::text
left join lateral (
  select id, state, attempt, crashes, worker, started_at, finished_at, error from ${schema}.done where id = j.id offset 0) d on true
left join running r on r.id = j.id
left join lateral (
  select * from ${schema}.scheduled where lane = j.lane and lo <= j.id and lo > j.id - 1000 order by lo desc limit 1) s on s.lo + s.n > j.id
left join lateral (
  select spent, crashes, started_at, worker, error from ${schema}.attempt where id = j.id order by lid desc limit 1) t on true
