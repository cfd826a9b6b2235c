select job, lease, attempt, ended, worker, started_at, ended_at, error, detail from attempt
where job in (select value from json_each(:ids))
order by job, lease
