-- Stores new jobs of which some have unique keys, each as a block of its own. Parameters: wait: how long to wait for whoever is
--   taking a key; ids (none twice), lanes, priorities, max_attempts, content_types, nonces, sha256s, payloads; afters seconds from now,
--   or ats an instant, or both null for now; unique_keys, null for none; windows in seconds, null for until the job has ended; aligned.
-- Result: a row per id: answer; of one that is held, its holder; of one that is known what it was enqueued with: lane, nonce,
--   content_type, sha256. One that is lost took its key, but somebody else its id: undo all, and ask again. An id without a row was
--   overtaken, by whoever took its id or key this moment.
with
asked as materialized (
  select * from unnest(:ids::bigint[], :lanes::int[], :priorities::smallint[], :max_attempts::smallint[], :content_types::smallint[],
                       :nonces::bigint[], :sha256s::bytea[], :payloads::bytea[], :afters::float8[], :ats::text[],
                       :unique_keys::text[], :windows::float8[]) with ordinality
       u(id, lane, priority, max_attempts, content_type, nonce, sha256, payload, after, at, key, seconds, place)
  where (select set_config('lock_timeout', :wait::text, true)) is not null),  -- once, before anything is locked
known as materialized (
  select j.* from asked a, lateral (
    select i.id, coalesce(o.lane, i.lane) lane, i.nonce, coalesce(o.content_type, i.content_type) content_type,
           coalesce(o.sha256, i.sha256) sha256
    from ${schema}.job i left join ${schema}.original o on o.id = i.id
    where i.id = a.id offset 0) j),
keyed as materialized (
  select * from asked where key is not null and id not in (select id from known)),
first as materialized (
  select distinct on (lane, key) * from keyed order by lane, key, place),
-- Judged in one snapshot, in which a job that is in no table is gone for good: its key was committed with it. Unless the snapshot is
-- of an earlier moment, as in a caller's transaction at another isolation level: then its range may have gone since, and it was kept.
holder as materialized (
  select f.lane, f.key, k.id,
         case when k.until is not null then k.until <= ${schema}.now()
              else exists (select from ${schema}.done where id = k.id)
                or (current_setting('transaction_isolation') = 'read committed'
                    and not exists (select from ${schema}.job where id = k.id)) end free
  from first f, lateral (
    select id, until from ${schema}.unique_key where lane = f.lane and key = f.key offset 0) k),
-- In the order of keys, so that two calls cannot wait for each other in a circle. The row may have changed since the snapshot: taken
-- over is only what still belongs to the holder that was judged.
taken as materialized (
  insert into ${schema}.unique_key as k (lane, key, id, until)
  select lane, key, id, ${schema}.now() + make_interval(secs => seconds) from first
  where (lane, key) not in (select lane, key from holder where not free)
  order by lane, key
  on conflict (lane, key) do update set id = excluded.id, until = excluded.until
  where (k.lane, k.key, k.id) in (select lane, key, id from holder where free)
  returning k.id, k.lane, k.key),
-- The order of ids is kept for the same reason.
fresh as materialized (
  insert into ${schema}.job(id, lane, priority, max_attempts, content_type, nonce, sha256, payload)
  select id, lane, priority, max_attempts, content_type, nonce, sha256, payload from asked
  where key is null or id in (select id from taken)
  order by id
  on conflict (id) do nothing
  returning id),
block as materialized (
  select id, lane, priority, greatest(octet_length(payload), 1) size,
         coalesce(at::timestamptz, ${schema}.now() + make_interval(secs => coalesce(after, 0))) run_at
  from asked where id in (select id from fresh)),
together as (
  insert into ${schema}.enqueued(lane, id, n)
  select lane, id, 1 from block),
ready as (
  insert into ${schema}.ready(lane, priority, pos, lo, n, size)
  select lane, priority, ${schema}.micros(), id, 1, size from block where run_at <= ${schema}.now()),
later as (
  insert into ${schema}.scheduled(run_at, lo, n, lane, priority, size)
  select run_at, id, 1, lane, priority, size from block where run_at > ${schema}.now()),
counted as (
  insert into ${schema}.step(lane, state, jobs)
  select lane, 0, count(*) from block group by lane
  union all
  select lane, 4, count(*) from block where run_at > ${schema}.now() group by lane)
select id, 'fresh' answer, null::bigint holder, null::int lane, null::bigint nonce, null::smallint content_type, null::bytea sha256
from fresh
union all
select id, 'known', null, lane, nonce, content_type, sha256 from known
union all
select id, 'lost', null, null, null, null, null from taken where id not in (select id from fresh)
union all
select k.id, 'held', coalesce(h.id, t.id), null, null, null, null
from keyed k
left join holder h on h.lane = k.lane and h.key = k.key and not h.free
left join taken t on t.lane = k.lane and t.key = k.key
where h.id is not null or t.id <> k.id
