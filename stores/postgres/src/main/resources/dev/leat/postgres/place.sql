-- Begins every statement by which an operator changes jobs: where they are. Parameters: tenant; ids: ascending, none twice.
-- Gives found: a row per job of the tenant, with what it is, the row that has it, the attempts it has spent if it waits or has ended, and its state.
asked as materialized (
  select j.id, j.lane, j.priority, j.content_type, j.sha256
  from unnest(:ids::bigint[]) u(id), lateral (
    select id, lane, priority, content_type, sha256 from ${schema}.job where id = u.id offset 0) j
  where exists (select from ${schema}.lane a where a.lane = j.lane and a.tenant = :tenant::text)),
-- In one snapshot a job is in exactly one table, so what is in none of these is in a lease. No block is longer than 1,000.
found as materialized (
  select a.id, a.lane, a.priority, a.content_type, a.sha256,
         r.tid ready, p.tid suspect, s.tid scheduled, d.id done, coalesce(d.attempt, s.attempt) spent,
         case when d.state is not null then (array['completed', 'discarded', 'cancelled'])[d.state]
              when r.tid is not null or p.tid is not null then 'available'
              when s.tid is not null then case when s.retry then 'retryable' else 'scheduled' end
              else 'running' end state
  from asked a
  left join lateral (
    select ctid tid, lo + n hi from ${schema}.ready
    where lane + 0 = a.lane and lo <= a.id and lo > a.id - 1000 order by lo desc limit 1) r on r.hi > a.id
  left join lateral (
    select ctid tid, lo + n hi, retry, attempt from ${schema}.scheduled
    where lane = a.lane and lo <= a.id and lo > a.id - 1000 order by lo desc limit 1) s on s.hi > a.id
  left join lateral (select ctid tid from ${schema}.suspect where id = a.id offset 0) p on true
  left join lateral (select id, state, attempt from ${schema}.done where id = a.id offset 0) d on true)
