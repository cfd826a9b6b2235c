-- Searches DEFAULT while others go on. ${table}.
alter table ${schema}.${table}_default validate constraint ahead
