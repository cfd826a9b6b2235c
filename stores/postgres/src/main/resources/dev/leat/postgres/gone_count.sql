-- What goes with a range that was detached. ${part}. Result: lane, state, jobs.
select lane, state, count(*) jobs from ${schema}.gone_done_${part} group by lane, state
