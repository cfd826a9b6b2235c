-- Has statements of this transaction wait that long for locks. Parameter: waits. Result: a row.
select set_config('lock_timeout', :waits::text, true)
