-- Stores the blocks of jobs that were just stored and are due. Parameters, aligned: block_lo, block_n, block_lane, block_priority,
--   block_size. No result.
with
block as materialized (
  select lane, priority, lo, n, size
  from unnest(:block_lane::int[], :block_priority::smallint[], :block_lo::bigint[], :block_n::int[], :block_size::int[])
       u(lane, priority, lo, n, size)),
together as (
  insert into ${schema}.enqueued(lane, id, n)
  select lane, lo, n from block),
counted as (
  insert into ${schema}.step(lane, state, jobs)
  select lane, 0, sum(n) from block group by lane)
insert into ${schema}.ready(lane, priority, pos, lo, n, size)
select lane, priority, ${schema}.micros(), lo, n, size from block
