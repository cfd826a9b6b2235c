-- Whose streams there may be. Writes nothing.
--
-- KEYS   see jobs/shared.lua
-- reply  all lanes
return call('ZRANGEBYLEX', NAMES, '-', '+')
