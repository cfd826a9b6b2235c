-- How long statements of this transaction wait for locks. No parameters. Result: waits.
select current_setting('lock_timeout') waits
