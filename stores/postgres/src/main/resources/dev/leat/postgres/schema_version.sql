-- The newest migration that was done. No parameters. Result: version.
select max(version::int) "version" from ${schema}.schema_history where success
