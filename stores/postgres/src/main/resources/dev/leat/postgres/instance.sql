-- Tells this store's database and schema from every other.
select id from ${schema}.instance
