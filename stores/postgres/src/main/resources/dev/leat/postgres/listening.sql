-- Whether this very session listens to the channel, and its backend: behind a pooler it may be another session's.
--   Parameters: channel. Result: listening, pid.
select exists (select from pg_listening_channels() c where c = :channel) listening, pg_backend_pid() pid
