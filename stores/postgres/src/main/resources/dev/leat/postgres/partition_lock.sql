-- ${table}, ${mode}.
lock table only ${schema}.${table} in ${mode} mode
