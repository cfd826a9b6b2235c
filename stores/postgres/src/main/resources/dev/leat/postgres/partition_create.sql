-- Apart from ATTACH: CREATE ... PARTITION OF would lock out everybody. ${table}, ${part}.
create table ${schema}.${table}_${part} (like ${schema}.${table} including all)
