-- Completes jobs, all of them without a result. Parameters: lids, los, his, and result: as of settle.sql, which does more, and costs
-- more even where that is not needed.
with
asked as (
  select lid, range_agg(int8range(lo, hi)) ids
  from unnest(:lids::bigint[], :los::bigint[], :his::bigint[]) u(lid, lo, hi)
  group by lid),
-- Locked in the order of lids, as every statement over several leases does, so that none waits in a circle.
held as materialized (
  select l.lid, l.ids, l.ids * a.ids took, l.lane, l.attempt, l.crashes, l.worker, l.started_at
  from asked a join ${schema}.lease l on l.lid = a.lid
  order by l.lid
  for update of l),
emptied as (
  delete from ${schema}.lease l using held h
  where l.lid = h.lid and h.ids = h.took),
shrunk as (
  update ${schema}.lease l set ids = h.ids - h.took
  from held h
  where l.lid = h.lid and h.ids <> h.took and not isempty(h.took)),
finished as (
  insert into ${schema}.done(id, lane, state, attempt, crashes, worker, started_at, finished_at)
  select generate_series(lower(run), upper(run) - 1), lane, 1, attempt, crashes, worker, started_at, ${schema}.now()
  from held, unnest(took) run),
counted as (
  insert into ${schema}.step(lane, state, jobs)
  select lane, 1, sum(upper(run) - lower(run)) from held, unnest(took) run group by lane)
select lid, took from held where not isempty(took)
