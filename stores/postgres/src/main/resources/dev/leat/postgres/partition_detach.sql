-- From here on its name says that what it holds is gone. ${table}, ${part}.
alter table ${schema}.${table} detach partition ${schema}.${table}_${part};
alter table ${schema}.${table}_${part} rename to gone_${table}_${part}
