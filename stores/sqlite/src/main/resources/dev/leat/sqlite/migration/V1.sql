-- Times are microseconds since 1970, by the store's clock. What a number stands for where it is a code is said beside it, and never changes.

-- What only grows, and what the store's clock showed last. One row.
create table mark(
  one      integer primary key check (one = 1),
  lease    integer not null,             -- the greatest lease id
  position integer not null,             -- the last place in a line
  version  integer not null,             -- of control records
  time     integer not null) strict;
-- Positions start where they take as many bytes as they ever will: a job's row is then changed in place when the job gets another.
insert into mark(one, lease, position, version, time) values (1, 0, 4294967296, 0, 0);

create table lane(
  lane   integer primary key,
  tenant text not null,
  queue  text not null,
  kind   text not null,
  unique (tenant, queue, kind)) strict;

-- Every job, written once; later only what an operator amends, and its position whenever it becomes available again.
create table job(
  id           integer primary key,
  lane         integer not null,
  priority     integer not null,
  position     integer not null,         -- where it stands in ready or suspect, while it does
  max_attempts integer not null,
  nonce        integer not null,
  created_at   integer not null,
  content_type integer not null,
  payload      blob not null) strict;
create index job_lane on job(lane);      -- with the id behind it, as every index

-- What a job was enqueued with, if an operator has changed that since: by this, enqueueing it again is told from another job.
create table original(
  id           integer primary key,
  lane         integer not null,
  content_type integer not null,
  sha256       blob not null) strict;

-- Which job holds, or held last, a unique key of a lane: the one the job was enqueued to.
create table unique_key(
  lane  integer not null,
  text  text not null,
  id    integer not null,
  until integer,                         -- null: until the job has ended
  primary key (lane, text)) strict, without rowid;
create index unique_key_id on unique_key(id) where until is null;
create index unique_key_until on unique_key(until) where until is not null;

-- A job that has not ended is in exactly one of ready, suspect, waiting and running; one that has ended is in done.

-- What can be claimed, in the order in which it is.
create table ready(
  lane     integer not null,
  priority integer not null,
  position integer not null,
  id       integer not null,
  attempt  integer not null,
  crashes  integer not null,
  primary key (lane, priority, position)) strict, without rowid;

-- What can be claimed only as a suspect: jobs of leases that ended.
create table suspect(
  id        integer primary key,
  lane      integer not null,
  priority  integer not null,
  position  integer not null,
  attempt   integer not null,
  crashes   integer not null,
  suspicion integer not null check (suspicion in (1, 2))) strict;  -- 1 goes out with others, 2 alone
create index suspect_line on suspect(lane, suspicion desc, position);

create table waiting(
  id       integer primary key,
  due      integer not null,
  lane     integer not null,
  priority integer not null,
  attempt  integer not null,
  crashes  integer not null,
  retry    integer not null check (retry in (0, 1))) strict;       -- 0 scheduled, 1 retryable
create index waiting_due on waiting(due);

create table running(
  id    integer primary key,
  lease integer not null) strict;

-- What all jobs of a lease have in common.
create table lease(
  id         integer primary key,
  claim_id   blob not null,
  lane       integer not null,
  priority   integer not null,
  attempt    integer not null,
  crashes    integer not null,
  suspicion  integer not null check (suspicion in (0, 1, 2)),
  worker     integer not null,
  started_at integer not null,
  expires_at integer not null,
  jobs       integer not null check (jobs > 0),  -- that it still holds
  members    blob not null) strict;      -- the ids it held first, 8 bytes each: where to look for those it still holds
create index lease_claim on lease(claim_id);

create table done(
  id           integer primary key,
  lane         integer not null,
  state        integer not null check (state in (0, 1, 2)),        -- completed, discarded, cancelled
  attempt      integer not null,
  crashes      integer not null,
  lease        integer,                  -- of the run that ended it; this and the next two null if none did, or it is in attempt
  worker       integer,
  started_at   integer,
  finished_at  integer not null,
  content_type integer,
  result       blob,
  error        text,
  detail       text) strict;
create index done_over on done(state, finished_at, lane);
create index done_failed on done(state, lane) where state > 0;

-- Runs that did not end their job, or after which it was retried by hand. Tokens grow, so the order of leases is that of runs.
create table attempt(
  job        integer not null,
  lease      integer not null,
  attempt    integer not null,
  ended      integer not null check (ended between 0 and 4),       -- failed, snoozed, released, lost, cancelled
  worker     integer not null,
  started_at integer not null,
  ended_at   integer not null,
  error      text,
  detail     text,
  primary key (job, lease)) strict, without rowid;

-- How many jobs a lane has where, so that nobody counts.
create table total(
  lane integer not null,
  slot integer not null check (slot between 0 and 16),  -- available by priority 0 to 9, suspects, scheduled, retryable, running, done by state
  jobs integer not null check (jobs >= 0),
  primary key (lane, slot)) strict, without rowid;

create table control(
  space   text not null,
  name    text not null,
  version integer not null,
  value   text not null,
  primary key (space, name)) strict, without rowid;

create table control_space(
  space    text primary key,
  revision integer not null) strict, without rowid;

create table journal(
  journal    text not null,
  sequence   integer not null,
  written_at integer not null,
  entry      text not null,
  primary key (journal, sequence)) strict, without rowid;

create table leader(
  role       text primary key,
  node       text not null,
  epoch      integer not null,
  expires_at integer not null) strict, without rowid;
