-- How many jobs of each lane are in each state. Writes nothing.
--
-- KEYS   see shared.lua
-- reply  {lane, scheduled, available, running, retryable, completed, discarded, cancelled}, ...
local out = {}
local known = call('HGETALL', LANES)
local lanesThere, names = {}, {}
for i = 1, #known, 2 do
  if sub(known[i], 1, 1) ~= '#' then names[#names + 1] = known[i]; lanesThere[#names] = tonumber(known[i + 1]) end
end
loadCounts(lanesThere)
for i = 1, #names do
  local c = counts[lanesThere[i]]
  out[i] = {names[i], c[1], c[2], c[3], c[4], c[5], c[6], c[7]}
end
return out
