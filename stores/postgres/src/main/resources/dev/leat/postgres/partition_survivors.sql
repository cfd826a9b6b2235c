-- Jobs of a range that stay when it goes: all but those that have ended and whose time is over. ${part}.
-- Parameters: as of prune.sql; max_rows. Result: id, bytes.
select j.id,
       octet_length(j.payload) + coalesce(octet_length(d.result), 0) + coalesce(octet_length(d.error), 0) + coalesce(octet_length(d.detail), 0)
         + (select coalesce(sum(100 + coalesce(octet_length(error), 0) + coalesce(octet_length(detail), 0)), 0)
            from ${schema}.attempt_${part} where id = j.id) bytes
from ${schema}.job_${part} j left join ${schema}.done_${part} d on d.id = j.id
where not coalesce(d.finished_at <= ${schema}.now() - make_interval(secs =>
  case d.state when 1 then :completed_seconds::float8 when 2 then :discarded_seconds::float8 else :cancelled_seconds::float8 end), false)
limit :max_rows::int
