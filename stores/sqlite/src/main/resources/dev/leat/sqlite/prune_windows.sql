delete from unique_key where (lane, text) in (
  select lane, text from unique_key where until is not null and until <= :now limit :most)
