delete from original where id in (select value from json_each(:ids))
