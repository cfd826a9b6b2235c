-- Jobs with everything known of them, by id. Parameters: tenant; queue, kind: null for any; states: words; after: the last id of the page
--   before; only_id: this id alone, or null; max_rows.
-- A job without a row in done, lease or scheduled is available: so no job is ever missing, whatever moves meanwhile.
with running as materialized (
  select g.id, l.attempt, l.crashes, l.started_at, l.worker
  from ${schema}.lease l, unnest(l.ids) run, generate_series(lower(run), upper(run) - 1) g(id))
select * from (
  select j.id, a.tenant, a.queue, a.kind, j.priority, j.content_type, j.payload, j.max_attempts, j.created_at,
         case when d.id is not null then (array['completed', 'discarded', 'cancelled'])[d.state]
              when r.id is not null then 'running'
              when s.lo is not null then case when s.retry then 'retryable' else 'scheduled' end
              else 'available' end state,
         coalesce(d.attempt, r.attempt, t.spent, 0) attempt,
         coalesce(d.crashes, r.crashes, t.crashes, 0) crashes,
         s.run_at, coalesce(d.started_at, r.started_at, t.started_at) started_at, d.finished_at,
         coalesce(d.worker, r.worker, t.worker) worker, d.result_type, d.result, d.error, d.detail
  from ${schema}.job j
  join ${schema}.lane a using (lane)
  left join ${schema}.done d on d.id = j.id
  left join running r on r.id = j.id
  left join lateral (
    select * from ${schema}.scheduled s where s.lo <= j.id order by s.lo desc limit 1) s on s.lo + s.n > j.id
  left join lateral (
    select spent, crashes, started_at, worker from ${schema}.attempt t where t.id = j.id order by lid desc limit 1) t on true
  where a.tenant = :tenant::text
    and (:queue::text is null or a.queue = :queue::text)
    and (:kind::text is null or a.kind = :kind::text)
    and j.id > :after::bigint
    and (:only_id::bigint is null or j.id = :only_id::bigint)) q
where state = any(:states::text[])
order by id
limit :max_rows::int
