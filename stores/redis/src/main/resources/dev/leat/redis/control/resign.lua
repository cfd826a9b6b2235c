-- Ends a leadership, unless it has passed on.
--
-- KEYS   see shared.lua
-- ARGV   2 role   3 node   4 epoch
-- reply  {}
checkTypes()
if isCurrent(ARGV[2], ARGV[3], ARGV[4]) then
  writeThoughMemoryIsShort()
  call('HSET', LEADERS, ARGV[2], cmsgpack.pack({ARGV[3], tonumber(ARGV[4]), now}))
end
return {}
