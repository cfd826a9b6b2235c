-- Draws the version of a write, once its spaces are locked. Parameter: spaces. Result: version, the same in each row.
with drawn as materialized (select nextval('${schema}.control_version') version)
update ${schema}.control_space s set revision = drawn.version
from drawn
where s.space = any(:spaces::text[])
returning drawn.version
