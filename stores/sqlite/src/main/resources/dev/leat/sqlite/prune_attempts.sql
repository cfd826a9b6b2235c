delete from attempt where job in (select value from json_each(:ids))
