-- Stores the blocks of jobs that were just stored. Parameters: block_lo, block_n, block_lane, block_priority, block_size, block_after,
--   block_at, as for enqueue.sql. No result.
with
block as materialized (
  select lo, n, lane, priority, size,
         coalesce(at::timestamptz, ${schema}.now() + make_interval(secs => coalesce(after, 0))) run_at
  from unnest(:block_lo::bigint[], :block_n::int[], :block_lane::int[], :block_priority::smallint[], :block_size::int[],
              :block_after::float8[], :block_at::text[]) u(lo, n, lane, priority, size, after, at)),
ready as (
  insert into ${schema}.ready(lane, priority, pos, lo, n, size)
  select lane, priority, ${schema}.micros(), lo, n, size from block where run_at <= ${schema}.now())
insert into ${schema}.scheduled(run_at, lo, n, lane, priority, size)
select run_at, lo, n, lane, priority, size from block where run_at > ${schema}.now()
