-- Says which range is being made, or that none is. Parameters: made_to, ahead_lo, ahead_hi. No result.
update ${schema}.pruning set made_to = :made_to::bigint, ahead_lo = :ahead_lo::bigint, ahead_hi = :ahead_hi::bigint
