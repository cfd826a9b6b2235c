-- Has rows of enqueued name only what is still there, so that an id that is free again is in none. Parameters: as of enqueued_lock.sql, which
-- goes before. No result.
with
cut as (
  delete from ${schema}.enqueued e using unnest(:lanes::int[], :ids::bigint[]) u(lane, id)
  where e.lane = u.lane and e.id = u.id
  returning e.lane, e.id, e.n),
remaining as (
  select c.lane, c.id block, j.id
  from cut c, lateral (
    select id from ${schema}.job where id >= c.id and id < c.id + c.n and lane = c.lane offset 0) j),
runs as (
  select lane, block, id, id - row_number() over (partition by lane, block order by id) run from remaining)
insert into ${schema}.enqueued(lane, id, n)
select lane, min(id), count(*) from runs group by lane, block, run
