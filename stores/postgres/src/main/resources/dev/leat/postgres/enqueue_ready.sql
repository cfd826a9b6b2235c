-- Stores jobs that are due, and their blocks; fails if one of the ids is known. Parameters: ids (ascending), lanes, priorities, max_attempts,
--   content_types, nonces, sha256s, payloads, aligned; and the blocks, aligned: block_lo, block_n, block_lane, block_priority, block_size.
--   Without ids: the blocks of jobs just stored. No result. It costs half of what enqueue.sql costs, which does more.
-- unnest in the list and not behind FROM: there, PostgreSQL first copies each array into a store of its own.
with
stored as (
  insert into ${schema}.job(id, lane, priority, max_attempts, content_type, nonce, sha256, payload)
  select unnest(:ids::bigint[]), unnest(:lanes::int[]), unnest(:priorities::smallint[]), unnest(:max_attempts::smallint[]),
         unnest(:content_types::smallint[]), unnest(:nonces::bigint[]), unnest(:sha256s::bytea[]), unnest(:payloads::bytea[])),
block as materialized (
  select unnest(:block_lane::int[]) lane, unnest(:block_priority::smallint[]) priority, unnest(:block_lo::bigint[]) lo,
         unnest(:block_n::int[]) n, unnest(:block_size::int[]) size),
together as (
  insert into ${schema}.enqueued(lane, id, n)
  select lane, lo, n from block),
counted as (
  insert into ${schema}.step(lane, state, jobs)
  select lane, 0, sum(n) from block group by lane)
insert into ${schema}.ready(lane, priority, pos, lo, n, size)
select lane, priority, ${schema}.micros(), lo, n, size from block
