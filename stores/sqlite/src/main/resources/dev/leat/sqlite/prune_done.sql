delete from done where id in (select value from json_each(:ids))
