-- The last id that DEFAULT has of a range. Parameters: lo; hi, exclusive. Result: id.
select greatest(
  (select max(id) from ${schema}.job_default where id >= :lo::bigint and id < :hi::bigint),
  (select max(id) from ${schema}.enqueued_default where id >= :lo::bigint and id < :hi::bigint),
  (select max(id) from ${schema}.done_default where id >= :lo::bigint and id < :hi::bigint),
  (select max(id) from ${schema}.attempt_default where id >= :lo::bigint and id < :hi::bigint)) id
