-- Stores jobs that are due, and their blocks; fails if one of the ids is known. Parameters: ids (ascending), lanes, priorities, max_attempts,
--   content_types, nonces, sha256s, payloads, aligned; and the blocks, aligned: block_lo, block_n, block_lane, block_priority, block_size.
--   Without ids: the blocks of jobs just stored. No result. It costs half of what enqueue.sql costs, which does more.
with
stored as (
  insert into ${schema}.job(id, lane, priority, max_attempts, content_type, nonce, sha256, payload)
  select id, lane, priority, max_attempts, content_type, nonce, sha256, payload
  from unnest(:ids::bigint[], :lanes::int[], :priorities::smallint[], :max_attempts::smallint[], :content_types::smallint[],
              :nonces::bigint[], :sha256s::bytea[], :payloads::bytea[])
       u(id, lane, priority, max_attempts, content_type, nonce, sha256, payload)),
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
