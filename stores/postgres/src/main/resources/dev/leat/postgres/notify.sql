-- Tells the processes that listen. Parameters: channel; text. Result: a row.
-- The commit need not wait for the disk: with what a crash of the server loses, those who listen lose their sessions.
select pg_notify(:channel, :text), set_config('synchronous_commit', 'off', true)
