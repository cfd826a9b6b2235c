-- ${schema} is the schema the store lives in. Tables are singular; the plural names are the views for people.

create table ${schema}.instance(
  id        uuid not null default gen_random_uuid(),
  singleton boolean primary key default true check (singleton));
insert into ${schema}.instance default values;

-- The one place where the store reads a clock. Stable, so that the planner inlines it and a statement sees one time.
create function ${schema}.now() returns timestamptz language sql stable parallel safe
  as 'select statement_timestamp()';

-- Microseconds since 1970: the order in which jobs became available.
create function ${schema}.micros() returns bigint language sql stable parallel safe
  as 'select (extract(epoch from ${schema}.now()) * 1000000)::bigint';

create table ${schema}.lane(
  lane   int generated always as identity primary key,
  tenant text collate "C" not null,
  queue  text collate "C" not null,
  kind   text collate "C" not null,
  unique (tenant, queue, kind));

-- Every job, written once; only an operator changes it later: its lane, priority and payload, and by a retry max_attempts. Ids hold
-- the second they were made in, so a range of ids is a range of time, and what is over goes by the partition; see pruning.
-- No checks here: PostgreSQL reads a check anew in each statement, and the values are the caller's, who was checked. They are kept
-- where statements compute what they store.
create table ${schema}.job(
  id           bigint primary key,
  lane         int not null,
  priority     smallint not null,
  max_attempts smallint not null,
  content_type smallint not null,
  nonce        bigint not null,
  created_at   timestamptz not null default ${schema}.now(),
  sha256       bytea not null,
  payload      bytea not null)
  partition by range (id);

-- Contiguous ids of a lane that were stored together: how a lane's jobs are found without an index entry for each. A row stays when
-- a job of it moves to another lane, which then has a row of its own.
create table ${schema}.enqueued(
  lane int not null,
  id   bigint not null,                  -- the first
  n    int not null,
  primary key (lane, id))
  partition by range (id);

-- How many jobs there are, in small steps: every statement that stores or moves jobs adds a row, and a duty adds rows up. A lane's
-- jobs in a state are the sum over both tables. State 0 counts what was stored; the others are those of total.
create table ${schema}.step(
  lane  int not null,
  state smallint not null,
  jobs  bigint not null)
  with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);

create table ${schema}.total(
  lane  int not null,
  state smallint not null check (state between 0 and 5),  -- stored, completed, discarded, cancelled, scheduled, retryable
  jobs  bigint not null,
  primary key (lane, state))
  with (fillfactor = 50);

-- What a job was enqueued with, if an operator has changed that since: by this, enqueueing it again is told from another job.
create table ${schema}.original(
  id           bigint primary key,
  lane         int not null,
  content_type smallint not null,
  sha256       bytea not null);

-- Which job holds, or held last, a unique key of a lane: the one the job was enqueued to, wherever it was moved since. Whether it
-- still holds it is judged, by the job's own state or by the window's end, when somebody wants it. Goes with the job, or with the window.
create table ${schema}.unique_key(
  lane  int not null,
  key   text collate "C" not null,
  id    bigint not null,
  until timestamptz,                     -- null: until the job has ended
  primary key (lane, key))
  with (fillfactor = 80);
create index unique_key_id on ${schema}.unique_key(id) where until is null;
create index unique_key_until on ${schema}.unique_key(until) where until is not null;

-- What can be claimed: one row per block of contiguous ids. Rows are inserted and deleted, never updated, so that a deleted
-- row that a claim holds is proof that nobody else has its jobs.
create table ${schema}.ready(
  lane     int not null,
  priority smallint not null,
  pos      bigint not null,              -- when the block became available
  lo       bigint not null,              -- first id
  n        int not null,
  size     int not null,                 -- bytes of the block's largest payload, at least 1
  attempt  smallint not null default 0,
  crashes  smallint not null default 0,
  primary key (lane, priority, pos, lo),
  check (n between 1 and 1000 and size > 0))
  with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000,
        autovacuum_vacuum_cost_delay = 0);
-- Where a job is, for whoever asks for that one. Of lane + 0, so that no claim can be planned with it: a claim that reads by anything
-- but the primary key reads whatever else the index has of the lane, rows that are gone but not for all too.
create index ready_lane on ${schema}.ready((lane + 0), lo);

-- What can be claimed only as a suspect: jobs of leases that ended. One row per job.
create table ${schema}.suspect(
  id        bigint primary key,
  lane      int not null,
  priority  smallint not null,
  pos       bigint not null,
  size      int not null check (size > 0),
  attempt   smallint not null,
  crashes   smallint not null,
  suspicion smallint not null check (suspicion in (1, 2)));  -- 1 goes out with others, 2 alone

create table ${schema}.scheduled(
  run_at   timestamptz not null,
  lo       bigint not null,
  n        int not null check (n between 1 and 1000),
  lane     int not null,
  priority smallint not null,
  size     int not null check (size > 0),
  attempt  smallint not null default 0,
  crashes  smallint not null default 0,
  retry    boolean not null default false,
  primary key (run_at, lo));
create unique index scheduled_lane on ${schema}.scheduled(lane, lo);
create index scheduled_retry on ${schema}.scheduled(lane, lo) where retry;

create sequence ${schema}.lease_id cache 1;  -- a cache would hand a later claim a lesser token

create table ${schema}.lease(
  lid         bigint primary key,
  claim_id    uuid not null,
  part        int not null,
  ids         int8multirange not null,
  lane        int not null,
  priority    smallint not null,
  attempt     smallint not null,
  crashes     smallint not null,
  suspicion   smallint not null,
  worker      int not null,
  started_at  timestamptz not null,
  lease_until timestamptz not null,
  unique (claim_id, part))               -- two calls with one claim id cannot both make leases
  with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
        autovacuum_vacuum_cost_delay = 0);

-- Every job that has ended. Never updated; a retry by hand deletes the row.
create table ${schema}.done(
  id          bigint primary key,
  lane        int not null,
  state       smallint not null check (state in (1, 2, 3)),  -- completed, discarded, cancelled
  attempt     smallint not null,
  crashes     smallint not null,
  worker      int,                       -- null: no run ended it; so started_at
  started_at  timestamptz,
  finished_at timestamptz not null,
  result_type smallint,
  result      bytea,
  error       text,
  detail      text,
  lid         bigint,                    -- the lease under which it was given up, unless that run is in attempt
  check ((result is null) = (result_type is null)))
  partition by range (id);
create index done_given_up on ${schema}.done(lane, state, id) where state <> 1;

-- Runs that did not end their job, or after which it was retried by hand.
create table ${schema}.attempt(
  id         bigint not null,
  lid        bigint not null,
  attempt    smallint not null,          -- the run's own number
  spent      smallint not null,          -- the job's attempts after it
  crashes    smallint not null,          -- the job's crashes after it; 0 once it was retried by hand
  ended      smallint not null check (ended in (1, 2, 3, 4, 5)),  -- failed, snoozed, released, lost, cancelled
  worker     int not null,
  started_at timestamptz not null,
  ended_at   timestamptz not null,
  error      text,
  detail     text,
  primary key (id, lid))
  partition by range (id);

-- What lies in no range: jobs of other times, and the few that were left of a range when it went.
create table ${schema}.job_default partition of ${schema}.job default;
create table ${schema}.enqueued_default partition of ${schema}.enqueued default;
create table ${schema}.done_default partition of ${schema}.done default;
create table ${schema}.attempt_default partition of ${schema}.attempt default;

-- How far pruning has come. Whoever prunes holds the row meanwhile.
create table ${schema}.pruning(
  made_to     bigint not null,           -- up to this id ranges were made, or could not be
  ahead_lo    bigint,                    -- the range that is being made: DEFAULT refuses it by a constraint named ahead
  ahead_hi    bigint,
  mark        bigint not null default 0, -- up to this id the rows of ended jobs were looked at
  rests_until timestamptz not null default '-infinity',
  singleton   boolean primary key default true check (singleton),
  check ((ahead_lo is null) = (ahead_hi is null)));

-- The first ranges: today and two days more.
do $$
declare
  today  bigint := extract(epoch from date_trunc('day', current_timestamp at time zone 'UTC'))::bigint;
  lo     bigint;
  parent text;
begin
  for day in 0..2 loop
    lo := (today + day * 86400 - 1704067200) << 31;
    foreach parent in array array['job', 'enqueued', 'done', 'attempt'] loop
      execute format('create table ${schema}.%I partition of ${schema}.%I for values from (%s) to (%s)',
        parent || to_char(to_timestamp(today + day * 86400) at time zone 'UTC', '"_"YYYYMMDD"t"HH24MISS'), parent,
        lo, lo + (86400::bigint << 31));
    end loop;
  end loop;
  insert into ${schema}.pruning(made_to) values (lo + (86400::bigint << 31));
end $$;

-- What claim.sql does, with the same result, where few blocks are expected: single statements cost the server less than one that could
-- take thousands, up to about four blocks. Each block has leases of its own.
create function ${schema}.claim_few(
  p_claim_id uuid, p_again boolean, p_lanes int[], p_priorities smallint[], p_marks bigint[], p_blocks int, p_max_jobs int,
  p_max_bytes bigint, p_first_part int, p_empty_handed boolean, p_worker int, p_lease_seconds float8, p_suspects boolean)
returns table(
  locked int, locked_jobs int, contended boolean, suspects boolean, lid bigint, lane int, priority smallint, attempt int,
  suspicion smallint, lease_until timestamptz, pos bigint, id bigint, content_type smallint, max_attempts smallint, payload bytea)
language plpgsql
  -- Its plans are kept by the connection, behind a pooler too: they must not be those of a table that was small.
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off as $$
#variable_conflict use_column
declare
  clock      timestamptz := ${schema}.now();
  ends       timestamptz := clock + make_interval(secs => p_lease_seconds);
  n_blocks   int := 0;
  n_jobs     int := 0;
  n_kept     int := 0;                   -- of what was locked, still there
  jobs_left  int := p_max_jobs;
  bytes_left bigint := p_max_bytes;
  n_parts    int := p_first_part;
  block      record;
  took       int;
  cut        boolean := false;           -- whether the last block is not taken whole: then nothing behind it is
  token      bigint;
  from_id    bigint;
  to_id      bigint;
begin
  suspects := p_suspects and exists (select from ${schema}.suspect where lane = any(p_lanes));
  contended := false;
  if p_again and exists (select from ${schema}.lease where claim_id = p_claim_id) then
    suspects := false;
    return query
      select null::int, null::int, null::boolean, null::boolean, l.lid, l.lane, l.priority, l.attempt::int, l.suspicion, l.lease_until,
             null::bigint, j.id, j.content_type, j.max_attempts, j.payload
      from ${schema}.lease l, unnest(l.ids) run, lateral (
        select * from ${schema}.job where id >= lower(run) and id < upper(run) offset 0) j
      where l.claim_id = p_claim_id;
  elsif not suspects then
    for block in
      select b.*
      from (select unnest(p_lanes) lane, unnest(p_priorities) priority, unnest(p_marks) mark) w, lateral (
        select r.ctid tid, r.*
        from ${schema}.ready r
        where r.lane = w.lane and r.priority = w.priority
          and r.pos >= case when w.mark <= ${schema}.micros() then w.mark else 0 end
        order by r.pos, r.lo
        limit p_blocks
        for update skip locked) b
      limit p_blocks
    loop
      n_blocks := n_blocks + 1;
      n_jobs := n_jobs + block.n;
      took := case when cut then 0 else least(block.n, jobs_left,
                greatest(bytes_left / block.size, case when n_blocks = 1 and p_empty_handed then 1 else 0 end)) end;
      cut := took < block.n;
      if took <= 0 then
        n_kept := n_kept + 1;
        continue;
      end if;
      jobs_left := jobs_left - took;
      bytes_left := bytes_left - took::bigint * block.size;
      delete from ${schema}.ready where ctid = block.tid;
      if not found then
        raise exception 'block % of lane % was changed while it was locked', block.lo, block.lane;
      end if;
      if took < block.n then
        n_kept := n_kept + 1;
        insert into ${schema}.ready(lane, priority, pos, lo, n, size, attempt, crashes)
        values (block.lane, block.priority, block.pos, block.lo + took, block.n - took, block.size, block.attempt, block.crashes);
      end if;
      from_id := block.lo;
      while from_id < block.lo + took loop
        to_id := from_id + least(256, block.lo + took - from_id);
        n_parts := n_parts + 1;
        token := nextval('${schema}.lease_id'); -- after the rows are ours: see claim.sql
        insert into ${schema}.lease(
          lid, claim_id, part, ids, lane, priority, attempt, crashes, suspicion, worker, started_at, lease_until)
        values (token, p_claim_id, n_parts, int8multirange(int8range(from_id, to_id)), block.lane, block.priority,
                block.attempt + 1, block.crashes, 0, p_worker, clock, ends);
        return query
          select null::int, null::int, null::boolean, null::boolean, token, block.lane, block.priority, block.attempt + 1, 0::smallint,
                 ends, block.pos, j.id, j.content_type, j.max_attempts, j.payload
          from ${schema}.job j
          where j.id >= from_id and j.id < to_id;
        from_id := to_id;
      end loop;
    end loop;
    contended := n_blocks < p_blocks and n_kept < (
      select count(*)
      from (select unnest(p_lanes) lane, unnest(p_priorities) priority, unnest(p_marks) mark) w, lateral (
        select from ${schema}.ready r
        where r.lane = w.lane and r.priority = w.priority
          and r.pos >= case when w.mark <= ${schema}.micros() then w.mark else 0 end
        limit n_kept + 1) b);
  end if;
  locked := n_blocks;
  locked_jobs := n_jobs;
  return next;
end $$;

-- What settle_completed.sql does for jobs without results, with a row per range, for few ranges of leases, which are sorted by lid.
create function ${schema}.settle_few(p_lids bigint[], p_los bigint[], p_his bigint[])
returns table(lid bigint, took int8multirange)
language plpgsql
  -- Its plans are kept by the connection, behind a pooler too: they must not be those of a table that was small.
  set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off as $$
#variable_conflict use_column
declare
  lease record;
begin
  for i in 1 .. cardinality(p_lids) loop
    select * into lease from ${schema}.lease l where l.lid = p_lids[i] for update;
    took := lease.ids * int8multirange(int8range(p_los[i], p_his[i]));
    if took <> '{}' then -- not null either
      if lease.ids = took then
        delete from ${schema}.lease l where l.lid = lease.lid;
      else
        update ${schema}.lease l set ids = l.ids - took where l.lid = lease.lid;
      end if;
      insert into ${schema}.done(id, lane, state, attempt, crashes, worker, started_at, finished_at)
      select generate_series(lower(run), upper(run) - 1), lease.lane, 1, lease.attempt, lease.crashes, lease.worker, lease.started_at,
             ${schema}.now()
      from unnest(took) run;
      insert into ${schema}.step(lane, state, jobs)
      select lease.lane, 1, upper(run) - lower(run) from unnest(took) run;
      lid := lease.lid;
      return next;
    end if;
  end loop;
end $$;

-- Bytes as text for people's eyes; bytes that are no UTF-8 are shown escaped instead of failing the query. PARALLEL UNSAFE: the
-- block that catches is a subtransaction, which no query may start once it runs in parallel, not even in its leader.
create function ${schema}.shown(bytes bytea) returns text language plpgsql immutable parallel unsafe as $$
begin
  return convert_from(bytes, 'UTF8');
exception when others then
  return encode(bytes, 'escape');
end $$;

create sequence ${schema}.control_version cache 1;

create table ${schema}.control(
  space   text collate "C" not null,
  name    text collate "C" not null,
  version bigint not null,
  value   text not null,
  primary key (space, name));

create table ${schema}.control_space(
  space    text collate "C" primary key,
  revision bigint not null);

create table ${schema}.journal_head(
  journal  text collate "C" primary key,
  sequence bigint not null);

create table ${schema}.journal(
  journal    text collate "C" not null,
  sequence   bigint not null,
  written_at timestamptz not null,
  entry      text not null,
  primary key (journal, sequence));

create table ${schema}.leader(
  role       text collate "C" primary key,
  node       text not null,
  epoch      bigint not null,
  expires_at timestamptz not null);

-- One branch and one constant status per state, so that a query by status reads that state's table alone.
create view ${schema}.jobs as
with live as (
  select 'pending' status, g.id, r.attempt attempts, null::timestamptz scheduled_at, null::timestamptz started_at, null::int worker_id
  from ${schema}.ready r, generate_series(r.lo, r.lo + r.n - 1) g(id)
  union all
  select 'pending', s.id, s.attempt, null, null, null from ${schema}.suspect s
  union all
  select 'scheduled', g.id, s.attempt, s.run_at, null, null
  from ${schema}.scheduled s, generate_series(s.lo, s.lo + s.n - 1) g(id) where not s.retry
  union all
  select 'retrying', g.id, s.attempt, s.run_at, null, null
  from ${schema}.scheduled s, generate_series(s.lo, s.lo + s.n - 1) g(id) where s.retry
  union all
  select 'processing', g.id, l.attempt, null, l.started_at, l.worker
  from ${schema}.lease l, unnest(l.ids) z, generate_series(lower(z), upper(z) - 1) g(id))
select j.id, a.kind "type", ${schema}.shown(j.payload) payload, v.status, null::text result,
       (select error from ${schema}.attempt t where t.id = j.id and t.error is not null order by lid desc limit 1) error,
       v.attempts, j.max_attempts, j.created_at,
       coalesce(v.started_at, (select max(ended_at) from ${schema}.attempt t where t.id = j.id), j.created_at) updated_at,
       v.scheduled_at, v.started_at, null::timestamptz completed_at, v.worker_id, a.queue, j.priority, a.tenant
from live v join ${schema}.job j using (id) join ${schema}.lane a using (lane)
union all
select j.id, a.kind, ${schema}.shown(j.payload),
       case d.state when 1 then 'completed' when 2 then 'failed' else 'cancelled' end, ${schema}.shown(d.result), d.error,
       d.attempt, j.max_attempts, j.created_at, d.finished_at, null, d.started_at,
       case d.state when 1 then d.finished_at end, d.worker, a.queue, j.priority, a.tenant
from ${schema}.done d join ${schema}.job j using (id) join ${schema}.lane a on a.lane = j.lane;

create view ${schema}.workers as
select c.name::int id,
       c.value::jsonb ->> 'status' status,
       (c.value::jsonb ->> 'last_seen')::timestamptz last_seen,
       coalesce(c.value::jsonb -> 'kinds', '[]'::jsonb) job_types,
       (select min(lower(l.ids)) from ${schema}.lease l where l.worker = c.name::int) current_job,
       c.value::jsonb -> 'metadata' metadata
from ${schema}.control c where c.space = 'nodes' and c.name ~ '^[0-9]{1,4}$';  -- a node number
