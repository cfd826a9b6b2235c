-- How many jobs of some lanes are in each state. Writes nothing.
--
-- KEYS   see shared.lua
-- ARGV   2 what the names of the lanes begin with: 'tenant/' or 'tenant/queue/'
-- reply  {lane, scheduled, available, running, retryable, completed, discarded, cancelled}, ...
local prefix, out, numbers = sub(ARGV[2], 1, -2), {}, {}
local names = call('ZRANGEBYLEX', NAMES, '[' .. prefix .. '/', '(' .. prefix .. '0')  -- the character behind '/' is '0'
loadLanes(names)
for i = 1, #names do numbers[i] = lanes[names[i]] end
loadCounts(numbers)
for i = 1, #names do
  local c = counts[numbers[i]]
  out[i] = {names[i], c[1], c[2], c[3], c[4], c[5], c[6], c[7]}
end
return out
