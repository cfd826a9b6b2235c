-- Completes jobs without results as settle_completed.sql does, where there are few ranges. Parameters: lids, los, his, as there.
-- Result: a row per range of which the lease still held something.
select lid, took
from ${schema}.settle_few(:lids::bigint[], :los::bigint[], :his::bigint[])
