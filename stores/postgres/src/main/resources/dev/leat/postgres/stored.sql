-- What tells a duplicate from a clash. Parameter: ids. Result: id, lane, nonce, content_type, sha256.
select id, lane, nonce, content_type, sha256 from ${schema}.job where id = any(:ids::bigint[])
