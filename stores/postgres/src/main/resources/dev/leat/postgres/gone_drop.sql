-- ${part}.
delete from ${schema}.original o where exists (select from ${schema}.gone_job_${part} g where g.id = o.id);
delete from ${schema}.unique_key k
where k.id >= (select min(id) from ${schema}.gone_job_${part}) and k.id <= (select max(id) from ${schema}.gone_job_${part})
  and k.until is null and exists (select from ${schema}.gone_job_${part} g where g.id = k.id);
drop table ${schema}.gone_job_${part}, ${schema}.gone_enqueued_${part}, ${schema}.gone_done_${part}, ${schema}.gone_attempt_${part}
