-- The most suspect of a lane, and of these the one that came first.
select suspicion, position, priority, attempt, crashes from suspect
where lane = :lane
order by suspicion desc, position
limit 1
