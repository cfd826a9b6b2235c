-- How many ended jobs are due to go. Parameters: los, his, aligned: the ids [lo, hi) to look at; completed_seconds, discarded_seconds,
--   cancelled_seconds: how long they are kept, null for ever. Result: lane, state, jobs.
select lane, state, count(*) jobs
from unnest(:los::bigint[], :his::bigint[]) s(lo, hi), lateral (
  select lane, state, finished_at from ${schema}.done where id >= s.lo and id < s.hi offset 0) d
where finished_at <= ${schema}.now() - make_interval(secs =>
  case state when 1 then :completed_seconds::float8 when 2 then :discarded_seconds::float8 else :cancelled_seconds::float8 end)
group by lane, state
