-- Refuses a place that is laid out otherwise. Writes nothing.
--
-- KEYS   see shared.lua
-- reply  nothing
loadMeta()
return {}
