-- Those that were held until their job had ended.
delete from unique_key where (lane, text) in (
  select lane, text from unique_key where until is null and id in (select value from json_each(:ids)))
