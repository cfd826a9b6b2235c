-- Completes jobs. Parameters: lids, los, his: the jobs, as ranges [lo, hi) of leases; and for those with a result, aligned: of_lid, of_id,
--   result_type, result. Result: as of settle.sql, which does more, and costs more even where that is not needed.
-- unnest in lists and not behind FROM: see enqueue_ready.sql.
with
asked as (
  select lid, range_agg(int8range(lo, hi)) ids
  from (select unnest(:lids::bigint[]) lid, unnest(:los::bigint[]) lo, unnest(:his::bigint[]) hi) u
  group by lid),
-- Locked in the order of lids, as every statement over several leases does, so that none waits in a circle. Lid by lid, here and below: while
-- few leases are left of many, the planner would rather read the whole index, and with it all that were settled since the oldest snapshot.
held as materialized (
  select l.lid, l.ids, l.ids * a.ids took, l.lane, l.attempt, l.crashes, l.worker, l.started_at
  from (select * from asked order by lid) a, lateral (select * from ${schema}.lease where lid = a.lid offset 0 for update) l),
emptied as (
  delete from ${schema}.lease where lid = any(array(select lid from held where ids = took))),
shrunk as (
  update ${schema}.lease l set ids = h.ids - h.took
  from held h
  where h.ids <> h.took and not isempty(h.took) and l.lid = h.lid
    and l.lid = any(array(select lid from held where ids <> took and not isempty(took)))),
finished as (
  insert into ${schema}.done(id, lane, state, attempt, crashes, worker, started_at, finished_at, result_type, result)
  select j.id, j.lane, 1, j.attempt, j.crashes, j.worker, j.started_at, ${schema}.now(), r.result_type, r.result
  from (
    select lid, generate_series(lower(run), upper(run) - 1) id, lane, attempt, crashes, worker, started_at
    from (select h.*, unnest(took) run from held h) h) j
  left join (
    select unnest(:of_lid::bigint[]) lid, unnest(:of_id::bigint[]) id, unnest(:result_type::smallint[]) result_type, unnest(:result::bytea[]) result) r
    using (lid, id)),
counted as (
  insert into ${schema}.step(lane, state, jobs)
  select lane, 1, sum(upper(run) - lower(run)) from (select lane, unnest(took) run from held) h group by lane)
select lid, took from held where not isempty(took)
