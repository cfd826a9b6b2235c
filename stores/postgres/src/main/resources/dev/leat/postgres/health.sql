-- What durability rests on. Result: version, recovery, and the settings.
select current_setting('server_version') version, pg_is_in_recovery() recovery, current_setting('fsync') fsync,
       current_setting('full_page_writes') full_page_writes, current_setting('synchronous_commit') synchronous_commit
