-- The jobs that the lease held, of those asked for.
delete from running
where id in (select value from json_each(:ids)) and lease = :lease
returning id
