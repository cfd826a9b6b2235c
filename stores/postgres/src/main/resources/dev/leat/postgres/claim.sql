-- Hands out available jobs under new leases; or, asked again with a claim id whose leases are held, those leases.
-- Parameters: claim_id uuid; lanes, priorities, marks: where to look, in order, and from which pos on; blocks: how many blocks to lock at most; max_jobs; max_bytes;
--   worker; lease_seconds; suspects: whether a lease of suspects may be handed out; first_part: leases made before under this claim id;
--   again: whether to look for leases of this claim id first; empty_handed: whether nothing was taken yet, so that one job may be too large.
-- Result: one row without a lease: the number of blocks that were locked, of the jobs in them, whether others held blocks that could
--   have been among them, and whether there are suspects that may be handed out: then nothing was, since they come first, by
--   claim_suspects.sql. And a row per job, lease by lease; what all jobs of a lease share stands in the row of its first alone.
--   pos: the greatest of the lease's blocks, null if it was made before.
with
held as materialized (
  select lid, ids, lane, priority, attempt, suspicion, lease_until
  from ${schema}.lease
  where :again::boolean and claim_id = :claim_id::uuid),
-- A mark that lies ahead is of before the clock was set back.
wanted as (
  select lane, priority, case when mark <= ${schema}.micros() then mark else 0 end mark
  from (select unnest(:lanes::int[]) lane, unnest(:priorities::smallint[]) priority, unnest(:marks::bigint[]) mark) u
  where not exists (select from held)
    and not (:suspects::boolean and exists (select from ${schema}.suspect where lane = any(:lanes::int[])))),
-- MATERIALIZED: without it the planner may run the LIMIT again and lock too many.
locked as materialized (
  select b.*
  from wanted w, lateral (
    select r.ctid tid, r.*
    from ${schema}.ready r
    where r.lane = w.lane and r.priority = w.priority and r.pos >= w.mark
    order by r.pos, r.lo
    limit :blocks::int
    for update skip locked) b
  limit :blocks::int),
summed as (
  select l.*, sum(n) over v - n before, (sum(n::bigint * size) over v)::bigint - n::bigint * size bytes_before,
         row_number() over v place
  from locked l
  window v as (rows unbounded preceding)),
-- Not joined with what was deleted: while the tables look empty to the planner it would compare each block with every other.
cut as materialized (
  select s.*,
         least(n, :max_jobs::int - before,
               greatest((:max_bytes::bigint - bytes_before) / size, case when place = 1 and :empty_handed::boolean then 1 else 0 end))::int took
  from summed s
  where before < :max_jobs::int
    and (bytes_before + size <= :max_bytes::bigint or (place = 1 and :empty_handed::boolean))),
-- By ctid, which cannot have moved: ready is never updated, and the rows are locked.
won as (
  delete from ${schema}.ready where ctid = any(array(select tid from cut))
  returning 1),
-- Only what was deleted is handed out: should somebody have updated one by hand just before it was locked, this fails, and nothing is done.
sure as materialized (
  select 1 / ((select count(*) from won) = (select count(*) from cut))::int one),
rest as (
  insert into ${schema}.ready(lane, priority, pos, lo, n, size, attempt, crashes)
  select lane, priority, pos, lo + took, n - took, size, attempt, crashes from cut where n > took),
grouped as (
  select lane, priority, attempt, crashes, chunk,
         range_agg(int8range(lo + greatest(chunk * 256 - before, 0), lo + least((chunk + 1) * 256 - before, took))) ids,
         min(before) place, max(pos) pos
  from (select c.*, generate_series(before / 256, (before + took - 1) / 256) chunk from cut c) c
  group by lane, priority, attempt, crashes, chunk),
-- nextval after the rows are ours: so the id is greater than that of any lease which held one of the jobs before.
made as materialized (
  select nextval('${schema}.lease_id') lid, :first_part::int + (row_number() over ())::int part, q.*,
         ${schema}.now() + make_interval(secs => :lease_seconds::float8) lease_until
  from (select * from grouped order by chunk, place) q
  where (select one from sure) = 1),
kept as (
  insert into ${schema}.lease(lid, claim_id, part, ids, lane, priority, attempt, crashes, suspicion, worker, started_at, lease_until)
  select lid, :claim_id::uuid, part, ids, lane, priority, attempt + 1, crashes, 0, :worker::int, ${schema}.now(), lease_until
  from made)
select t.locked, t.locked_jobs, t.contended, t.suspects, null::bigint lid, null::int lane, null::smallint priority, null::int attempt,
       null::smallint suspicion, null::timestamptz lease_until, null::bigint pos,
       null::bigint id, null::smallint content_type, null::smallint max_attempts, null::bytea payload
from (
  select locked, locked_jobs,
         locked < :blocks::int and locked < (
           select count(*)
           from wanted w, lateral (
             select from ${schema}.ready r
             where r.lane = w.lane and r.priority = w.priority and r.pos >= w.mark
             limit :blocks::int) b) contended,
         :suspects::boolean and not exists (select from held)
           and exists (select from ${schema}.suspect where lane = any(:lanes::int[])) suspects
  from (select count(*)::int locked, coalesce(sum(n), 0)::int locked_jobs from locked) l) t
union all
select null, null, null, null, l.lid, case when j.first then l.lane end, case when j.first then l.priority end,
       case when j.first then l.attempt end, case when j.first then l.suspicion end, case when j.first then l.lease_until end,
       case when j.first then l.pos end, j.id, j.content_type, j.max_attempts, j.payload
from (
  select lid, ids, unnest(ids) run, lane, priority, attempt + 1 attempt, 0 suspicion, lease_until, pos from made
  union all
  select lid, ids, unnest(ids), lane, priority, attempt, suspicion, lease_until, null from held) l,
  lateral (
    select id, id = lower(l.ids) as first, content_type, max_attempts, payload
    from ${schema}.job
    where id >= lower(l.run) and id < upper(l.run)
    offset 0) j
