-- ${part}.
drop table ${schema}.gone_job_${part}, ${schema}.gone_enqueued_${part}, ${schema}.gone_done_${part}, ${schema}.gone_attempt_${part}
