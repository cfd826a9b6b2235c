-- A row if the job is there and has not ended.
select 1 from job j where j.id = :id and not exists (select 1 from done d where d.id = j.id)
