-- ${table}, ${part}, ${lo}, ${hi}.
alter table ${schema}.${table} attach partition ${schema}.${table}_${part} for values from (${lo}) to (${hi})
