-- Makes a node the leader of a role, or keeps it so.
--
-- KEYS   see shared.lua
-- ARGV   2 role   3 node   4 lease in ms
-- reply  {epoch, end}, empty if another node leads
checkTypes()
local last = leader(ARGV[2])
local epoch
if last and last[3] > now then
  if last[1] ~= ARGV[3] then return {} end
  epoch = last[2]
else
  epoch = following(last and last[2] or 0)
end
local till = now + tonumber(ARGV[4])
writeThoughMemoryIsShort()
call('HSET', LEADERS, ARGV[2], cmsgpack.pack({ARGV[3], epoch, till}))
return {num(epoch), num(till)}
