-- As enqueue_one.sql, of a job that is handed out at once, under a lease of its own; fails also if the claim id is known. Parameters: those, but
--   size, and claim_id, worker, lease_seconds. Result: lid, lease_until.
with
stored as (
  insert into ${schema}.job(id, lane, priority, max_attempts, content_type, nonce, sha256, payload)
  values (:id::bigint, :lane::int, :priority::smallint, :max_attempts::smallint, :content_type::smallint, :nonce::bigint,
          :sha256::bytea, :payload::bytea)),
together as (
  insert into ${schema}.enqueued(lane, id, n) values (:lane::int, :id::bigint, 1)),
counted as (
  insert into ${schema}.step(lane, state, jobs) values (:lane::int, 0, 1))
insert into ${schema}.lease(lid, claim_id, part, ids, lane, priority, attempt, crashes, suspicion, worker, started_at, lease_until)
values (nextval('${schema}.lease_id'), :claim_id::uuid, 1, int8multirange(int8range(:id::bigint, :id::bigint + 1)), :lane::int,
        :priority::smallint, 1, 0, 0, :worker::int, ${schema}.now(), ${schema}.now() + make_interval(secs => :lease_seconds::float8))
returning lid, lease_until
