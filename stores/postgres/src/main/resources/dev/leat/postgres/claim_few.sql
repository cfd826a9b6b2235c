-- Hands out jobs as claim.sql does, with its parameters and its result, where few blocks are expected.
select *
from ${schema}.claim_few(:claim_id::uuid, :again::boolean, :lanes::int[], :priorities::smallint[], :marks::bigint[], :blocks::int,
  :max_jobs::int, :max_bytes::bigint, :first_part::int, :empty_handed::boolean, :worker::int, :lease_seconds::float8, :suspects::boolean)
