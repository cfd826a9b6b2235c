insert into running(id, lease) select value, :lease from json_each(:ids)
