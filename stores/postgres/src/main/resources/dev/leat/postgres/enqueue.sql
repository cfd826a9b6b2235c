-- Stores new jobs and their blocks. Parameters: ids (ascending, none twice), lanes, priorities, max_attempts, content_types, nonces,
--   sha256s, payloads, aligned; and the blocks, aligned: block_lo, block_n, block_lane, block_priority, block_size, and when they are
--   due: block_after seconds from now, or block_at an instant, or both null for now. Without ids: the blocks of jobs just stored.
-- Result: a row per id: fresh, and of an id that was known what it was enqueued with: lane, nonce, content_type, sha256. An id that somebody
--   else took this moment has no row.
with
fresh as (
  insert into ${schema}.job(id, lane, priority, max_attempts, content_type, nonce, sha256, payload)
  select id, lane, priority, max_attempts, content_type, nonce, sha256, payload
  from unnest(:ids::bigint[], :lanes::int[], :priorities::smallint[], :max_attempts::smallint[], :content_types::smallint[],
              :nonces::bigint[], :sha256s::bytea[], :payloads::bytea[])
       u(id, lane, priority, max_attempts, content_type, nonce, sha256, payload)
  on conflict (id) do nothing
  returning id),
-- Of a block that holds known ids, what lies between them.
block as materialized (
  select lower(run) lo, (upper(run) - lower(run))::int n, lane, priority, size,
         coalesce(at::timestamptz, ${schema}.now() + make_interval(secs => coalesce(after, 0))) run_at
  from unnest(:block_lo::bigint[], :block_n::int[], :block_lane::int[], :block_priority::smallint[], :block_size::int[],
              :block_after::float8[], :block_at::text[]) u(lo, n, lane, priority, size, after, at),
    unnest(case when (select count(*) from fresh) = cardinality(:ids::bigint[]) then int8multirange(int8range(lo, lo + n))
                else int8multirange(int8range(lo, lo + n)) * (select range_agg(int8range(id, id + 1)) from fresh) end) run),
together as (
  insert into ${schema}.enqueued(lane, id, n)
  select lane, lo, n from block),
ready as (
  insert into ${schema}.ready(lane, priority, pos, lo, n, size)
  select lane, priority, ${schema}.micros(), lo, n, size from block where run_at <= ${schema}.now()),
later as (
  insert into ${schema}.scheduled(run_at, lo, n, lane, priority, size)
  select run_at, lo, n, lane, priority, size from block where run_at > ${schema}.now()),
counted as (
  insert into ${schema}.step(lane, state, jobs)
  select lane, 0, sum(n) from block group by lane
  union all
  select lane, 4, sum(n) from block where run_at > ${schema}.now() group by lane)
select id, true fresh, null::int lane, null::bigint nonce, null::smallint content_type, null::bytea sha256 from fresh
union all
select j.id, false, j.lane, j.nonce, j.content_type, j.sha256
from unnest(:ids::bigint[]) u(id), lateral (
  select i.id, coalesce(o.lane, i.lane) lane, i.nonce, coalesce(o.content_type, i.content_type) content_type,
         coalesce(o.sha256, i.sha256) sha256
  from ${schema}.job i left join ${schema}.original o on o.id = i.id
  where i.id = u.id offset 0) j
where (select count(*) from fresh) < cardinality(:ids::bigint[]) and not exists (select from fresh where id = u.id)
