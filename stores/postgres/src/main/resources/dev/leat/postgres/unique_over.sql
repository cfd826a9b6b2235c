-- Removes unique keys whose windows are over. Parameter: max_rows. No result.
delete from ${schema}.unique_key
where ctid = any(array(
  select ctid from ${schema}.unique_key where until <= ${schema}.now() order by until limit :max_rows::int for update skip locked))
