-- Has DEFAULT refuse a range, so that it need not be searched when the range gets its partition. ${table}, ${lo}, ${hi}.
alter table ${schema}.${table}_default add constraint ahead check (id < ${lo} or id >= ${hi}) not valid
