-- ${table}.
alter table ${schema}.${table}_default drop constraint ahead
