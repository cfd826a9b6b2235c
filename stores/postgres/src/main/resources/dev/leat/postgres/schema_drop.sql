-- Removes all that is kept. No parameters. No result.
drop schema if exists ${schema} cascade
