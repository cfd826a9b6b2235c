-- Says up to which id ended jobs were looked at. Parameters: mark; null: to the end, so the next pass begins an hour from now. No result.
update ${schema}.pruning
set mark = coalesce(:mark::bigint, 0), rests_until = case when :mark::bigint is null then ${schema}.now() + interval '1 hour' else rests_until end
