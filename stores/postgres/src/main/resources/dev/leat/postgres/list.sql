-- Ids of a page of jobs. ${order}: oldest or newest first. Parameters: tenant; queue, kind: null for any; states: words; whole: whether these are all
--   states; from_id, to_id: the first and the last id that may be on it; max_rows.
-- Each branch reads by an index in the order of the page, and no more than a page; or, of leases, all that there are.
with
lanes as materialized (
  select lane from ${schema}.lane
  where tenant = :tenant::text
    and (:queue::text is null or queue = :queue::text)
    and (:kind::text is null or kind = :kind::text)),
-- lane + 0: without it the planner may read all blocks of the lanes, and sort them.
blocks as (
  (select lo, n from ${schema}.ready
   where 'available' = any(:states::text[]) and not :whole::boolean
     and lo > :from_id::bigint - 1000 and lo <= :to_id::bigint and lo + n > :from_id::bigint
     and lane + 0 = any(array(select lane from lanes))
   order by lo ${order} limit :max_rows::int)
  union all
  (select id, 1 from ${schema}.suspect
   where 'available' = any(:states::text[]) and not :whole::boolean
     and id between :from_id::bigint and :to_id::bigint
     and lane = any(array(select lane from lanes))
   order by id ${order} limit :max_rows::int)
  union all
  (select lo, n from ${schema}.scheduled
   where ('scheduled' = any(:states::text[]) or 'retryable' = any(:states::text[])) and not :whole::boolean
     and case when retry then 'retryable' else 'scheduled' end = any(:states::text[])
     and lo > :from_id::bigint - 1000 and lo <= :to_id::bigint and lo + n > :from_id::bigint
     and lane = any(array(select lane from lanes))
   order by lo ${order} limit :max_rows::int)),
parts as (
  select greatest(lo, :from_id::bigint) lo, least(lo + n - 1, :to_id::bigint) hi from blocks),
-- Of long blocks, only as many as fill the page.
enough as (
  select lo, hi, sum(hi - lo + 1) over v - (hi - lo + 1) before from parts window v as (order by lo ${order} rows unbounded preceding))
select id from (
  select j.id
  from lanes l, lateral (
    select id from ${schema}.job
    where :whole::boolean and lane = l.lane and id between :from_id::bigint and :to_id::bigint
    order by id ${order} limit :max_rows::int) j
  union all
  select j.id
  from lanes l, lateral (
    select j.id
    from ${schema}.job j, lateral (select from ${schema}.done where id = j.id and state = 1 offset 0) d
    where 'completed' = any(:states::text[]) and not :whole::boolean
      and j.lane = l.lane and j.id between :from_id::bigint and :to_id::bigint
    order by j.id ${order} limit :max_rows::int) j
  union all
  select d.id
  from lanes l, lateral (
    select id from ${schema}.done
    where ('discarded' = any(:states::text[]) or 'cancelled' = any(:states::text[])) and not :whole::boolean
      and (array['completed', 'discarded', 'cancelled'])[state] = any(:states::text[])
      and state <> 1 and lane = l.lane and id between :from_id::bigint and :to_id::bigint
    order by id ${order} limit :max_rows::int) d
  union all
  select g.id
  from ${schema}.lease l, unnest(l.ids) run,
    generate_series(greatest(lower(run), :from_id::bigint), least(upper(run) - 1, :to_id::bigint)) g(id)
  where 'running' = any(:states::text[]) and not :whole::boolean and l.lane = any(array(select lane from lanes))
  union all
  select g.id from enough, generate_series(lo, hi) g(id) where before < :max_rows::int) q
order by id ${order}
limit :max_rows::int
