-- The records of a space behind a name.
--
-- KEYS   see shared.lua
-- ARGV   2 space   3 name or ''   4 most records
-- reply  space/name, version:value, ...
local names, out = call('ZRANGEBYLEX', NAMES, '(' .. ARGV[2] .. '/' .. ARGV[3], '(' .. ARGV[2] .. '0', 'LIMIT', 0, ARGV[4]), {}
if #names == 0 then return out end
local records = call('HMGET', RECORDS, unpack(names))
for i = 1, #names do out[2 * i - 1] = names[i]; out[2 * i] = records[i] end
return out
