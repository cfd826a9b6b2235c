-- Ends attempts. Parameters: lids, los, his: the jobs to settle, as ranges [lo, hi) of leases; and for every job that is not simply
--   completed without a result, aligned: of_lid, of_id, outcome (1 completed, 2 discarded, 3 cancelled, 4 retry, 5 snooze, 6 release),
--   result_type, result, after_seconds, error, detail.
-- Result: a row per lease that still exists: lid, and took: the ids that it held and that are now settled. What is missing is stale.
with
asked as (
  select lid, range_agg(int8range(lo, hi)) ids
  from (select unnest(:lids::bigint[]) lid, unnest(:los::bigint[]) lo, unnest(:his::bigint[]) hi) u
  group by lid),
-- Locked in the order of lids, as every statement over several leases does, so that none waits in a circle. Lid by lid, here and below: while
-- few leases are left of many, the planner would rather read the whole index, and with it all that were settled since the oldest snapshot.
held as materialized (
  select l.lid, l.ids, l.ids * a.ids took, l.lane, l.priority, l.attempt, l.crashes, l.suspicion, l.worker, l.started_at
  from (select * from asked order by lid) a, lateral (select * from ${schema}.lease where lid = a.lid offset 0 for update) l),
emptied as (
  delete from ${schema}.lease where lid = any(array(select lid from held where ids = took))),
shrunk as (
  update ${schema}.lease l set ids = h.ids - h.took
  from held h
  where h.ids <> h.took and not isempty(h.took) and l.lid = h.lid
    and l.lid = any(array(select lid from held where ids <> took and not isempty(took)))),
given as materialized (
  select unnest(:of_lid::bigint[]) lid, unnest(:of_id::bigint[]) id, unnest(:outcome::smallint[]) outcome,
         unnest(:result_type::smallint[]) result_type, unnest(:result::bytea[]) result, unnest(:after_seconds::float8[]) after_seconds,
         unnest(:error::text[]) error, unnest(:detail::text[]) detail),
each as materialized (
  select h.lid, o.id, h.lane, h.priority, h.attempt, h.crashes, h.suspicion, h.worker, h.started_at,
         o.outcome, o.result_type, o.result, o.after_seconds, o.error, o.detail
  from given o join held h on o.lid = h.lid
  where h.took @> o.id),
-- What is simply completed goes from ranges to rows of done and nowhere between.
plain as (
  select h.lane, h.attempt, h.crashes, h.worker, h.started_at, h.took - coalesce(g.ids, '{}') ids
  from held h left join (select lid, range_agg(int8range(id, id + 1)) ids from given group by lid) g on g.lid = h.lid),
finished as (
  insert into ${schema}.done(id, lane, state, attempt, crashes, worker, started_at, finished_at, result_type, result, error, detail, lid)
  select id, lane, outcome, attempt, crashes, worker, started_at, ${schema}.now(), result_type, result, error, detail,
         case when outcome > 1 then lid end
  from each where outcome <= 3
  union all
  select generate_series(lower(run), upper(run) - 1), lane, 1, attempt, crashes, worker, started_at, ${schema}.now(), null, null, null, null, null
  from (select p.*, unnest(ids) run from plain p) p),
-- OFFSET 0: without it the planner may read every job there is to join these few.
waiting as (
  insert into ${schema}.scheduled(run_at, lo, n, lane, priority, size, attempt, crashes, retry)
  select ${schema}.now() + make_interval(secs => e.after_seconds), e.id, 1, e.lane, e.priority,
         greatest(octet_length(j.payload), 1), case e.outcome when 4 then e.attempt else e.attempt - 1 end, e.crashes, e.outcome = 4
  from each e, lateral (select payload from ${schema}.job where id = e.id offset 0) j
  where e.outcome in (4, 5)),
released as (
  insert into ${schema}.ready(lane, priority, pos, lo, n, size, attempt, crashes)
  select e.lane, e.priority, ${schema}.micros(), e.id, 1, greatest(octet_length(j.payload), 1), e.attempt - 1, e.crashes
  from each e, lateral (select payload from ${schema}.job where id = e.id offset 0) j
  where e.outcome = 6 and e.suspicion = 0),
still_suspect as (
  insert into ${schema}.suspect(id, lane, priority, pos, size, attempt, crashes, suspicion)
  select e.id, e.lane, e.priority, ${schema}.micros(), greatest(octet_length(j.payload), 1), e.attempt - 1, e.crashes, e.suspicion
  from each e, lateral (select payload from ${schema}.job where id = e.id offset 0) j
  where e.outcome = 6 and e.suspicion > 0),
logged as (
  insert into ${schema}.attempt(id, lid, attempt, spent, crashes, ended, worker, started_at, ended_at, error, detail)
  select id, lid, attempt, case outcome when 4 then attempt else attempt - 1 end, crashes, outcome - 3, worker, started_at,
         ${schema}.now(), error, detail
  from each where outcome > 3),
counted as (
  insert into ${schema}.step(lane, state, jobs)
  select lane, 1, sum(upper(run) - lower(run)) from (select lane, unnest(ids) run from plain) p group by lane
  union all
  select lane, case outcome when 4 then 5 when 5 then 4 else outcome end, count(*) from each where outcome < 6 group by lane, outcome)
select lid, took from held where not isempty(took)
