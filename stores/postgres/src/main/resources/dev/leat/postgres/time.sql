-- The store's clock.
select ${schema}.now()
