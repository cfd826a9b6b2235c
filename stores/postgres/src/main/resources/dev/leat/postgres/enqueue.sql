-- Stores new jobs, and their blocks if all of them are new. Parameters: ids (ascending, none twice), lanes, priorities, max_attempts,
--   content_types, nonces, sha256s, payloads, aligned; and the blocks, aligned: block_lo, block_n, block_lane, block_priority,
--   block_size, and when they are due: block_after seconds from now, or block_at an instant, or both null for now.
-- Result: the ids that were new. If some were not, no block was stored: enqueue_blocks.sql then does it for the new ones.
with
fresh as (
  insert into ${schema}.job(id, lane, priority, max_attempts, content_type, nonce, sha256, payload)
  select id, lane, priority, max_attempts, content_type, nonce, sha256, payload
  from unnest(:ids::bigint[], :lanes::int[], :priorities::smallint[], :max_attempts::smallint[], :content_types::smallint[],
              :nonces::bigint[], :sha256s::bytea[], :payloads::bytea[])
       u(id, lane, priority, max_attempts, content_type, nonce, sha256, payload)
  on conflict (id) do nothing
  returning id),
block as materialized (
  select lo, n, lane, priority, size,
         coalesce(at::timestamptz, ${schema}.now() + make_interval(secs => coalesce(after, 0))) run_at
  from unnest(:block_lo::bigint[], :block_n::int[], :block_lane::int[], :block_priority::smallint[], :block_size::int[],
              :block_after::float8[], :block_at::text[]) u(lo, n, lane, priority, size, after, at)
  where (select count(*) from fresh) = cardinality(:ids::bigint[])),
ready as (
  insert into ${schema}.ready(lane, priority, pos, lo, n, size)
  select lane, priority, ${schema}.micros(), lo, n, size from block where run_at <= ${schema}.now()),
later as (
  insert into ${schema}.scheduled(run_at, lo, n, lane, priority, size)
  select run_at, lo, n, lane, priority, size from block where run_at > ${schema}.now())
select id from fresh
