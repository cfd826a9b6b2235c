-- Ids of a page of jobs. ${order}: oldest or newest first. Parameters: tenant; queue, kind: null for any; states: words; whole: whether these are all
--   states; from_id, to_id: the first and the last id that may be on it; max_rows.
-- Each branch reads by an index in the order of the page, and no more than a page of each lane; or, of leases and suspects, all there are.
-- Only in search of completed jobs it passes over the others, and of scheduled ones over the retryable.
with
lanes as materialized (
  select lane from ${schema}.lane
  where tenant = :tenant::text
    and (:queue::text is null or queue = :queue::text)
    and (:kind::text is null or kind = :kind::text)),
-- Rows are compared, and so ordered, with their lane: told that it is always one lane, the planner may read all lanes by the primary key.
blocks as (
  select b.lo, b.n
  from lanes l, lateral (
    select lo, n from ${schema}.ready
    where 'available' = any(:states::text[]) and not :whole::boolean
      and (lane + 0, lo) > (l.lane, :from_id::bigint - 1000) and (lane + 0, lo) <= (l.lane, :to_id::bigint) and lo + n > :from_id::bigint
    order by lane + 0 ${order}, lo ${order} limit :max_rows::int) b
  union all
  select b.lo, b.n
  from lanes l, lateral (
    select lo, n from ${schema}.scheduled
    where 'scheduled' = any(:states::text[]) and not :whole::boolean and not retry
      and (lane, lo) > (l.lane, :from_id::bigint - 1000) and (lane, lo) <= (l.lane, :to_id::bigint) and lo + n > :from_id::bigint
    order by lane ${order}, lo ${order} limit :max_rows::int) b
  union all
  select b.lo, b.n
  from lanes l, lateral (
    select lo, n from ${schema}.scheduled
    where 'retryable' = any(:states::text[]) and not :whole::boolean and retry
      and (lane, lo) > (l.lane, :from_id::bigint - 1000) and (lane, lo) <= (l.lane, :to_id::bigint) and lo + n > :from_id::bigint
    order by lane ${order}, lo ${order} limit :max_rows::int) b
  union all
  select id, 1
  from ${schema}.suspect
  where 'available' = any(:states::text[]) and not :whole::boolean
    and lane = any(array(select lane from lanes)) and id between :from_id::bigint and :to_id::bigint),
parts as (
  select greatest(lo, :from_id::bigint) lo, least(lo + n - 1, :to_id::bigint) hi from blocks),
-- Of long blocks, only as many as fill the page.
enough as (
  select lo, hi, sum(hi - lo + 1) over v - (hi - lo + 1) before from parts window v as (order by lo ${order} rows unbounded preceding))
select id from (
  select j.id
  from lanes l, lateral (
    select j.id
    from ${schema}.enqueued e, lateral (
      select id from ${schema}.job
      where id >= greatest(e.id, :from_id::bigint) and id < least(e.id + e.n, :to_id::bigint + 1) and lane = e.lane
        and (:whole::boolean or (select state from ${schema}.done d where d.id = job.id) = 1)
      offset 0) j
    where (:whole::boolean or 'completed' = any(:states::text[]))
      and (e.lane, e.id) > (l.lane, :from_id::bigint - 1000) and (e.lane, e.id) <= (l.lane, :to_id::bigint)
    order by e.lane ${order}, e.id ${order}, j.id ${order} limit :max_rows::int) j
  union all
  select d.id
  from lanes l, (values (2::smallint, 'discarded'), (3, 'cancelled')) s(state, word), lateral (
    select id from ${schema}.done
    where s.word = any(:states::text[]) and not :whole::boolean
      and state <> 1 and (lane, state, id) >= (l.lane, s.state, :from_id::bigint) and (lane, state, id) <= (l.lane, s.state, :to_id::bigint)
    order by lane ${order}, state ${order}, id ${order} limit :max_rows::int) d
  union all
  select g.id
  from ${schema}.lease l, unnest(l.ids) run,
    generate_series(greatest(lower(run), :from_id::bigint), least(upper(run) - 1, :to_id::bigint)) g(id)
  where 'running' = any(:states::text[]) and not :whole::boolean and l.lane = any(array(select lane from lanes))
  union all
  select g.id from enough, generate_series(lo, hi) g(id) where before < :max_rows::int) q
order by id ${order}
limit :max_rows::int
