-- Whether this database holds the store's schema at all. No parameters; never fails, so a caller's transaction survives the answer "no".
select to_regclass('${schema}.instance') is not null
