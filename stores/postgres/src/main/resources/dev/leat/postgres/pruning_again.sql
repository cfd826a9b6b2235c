-- Has the next pass of pruning begin now, unless somebody is at it. No parameters. No result.
update ${schema}.pruning
set mark = 0, rests_until = '-infinity'
where ctid = any(array(select ctid from ${schema}.pruning for update skip locked))
