-- ${part}.
delete from ${schema}.original o where exists (select from ${schema}.gone_job_${part} g where g.id = o.id);
drop table ${schema}.gone_job_${part}, ${schema}.gone_enqueued_${part}, ${schema}.gone_done_${part}, ${schema}.gone_attempt_${part}
