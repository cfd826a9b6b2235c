-- What the scripts of the control store share; put in front of each of them when they are loaded.
--
-- A script that writes reads and computes first: Redis does not roll back, so whatever may fail has to do so before the first write.
--
-- KEYS   1 meta   2 records   3 names   4 revisions   5 journals   6 leaders        (docs/decisions/022-redis-layout.md says what they hold)
-- ARGV   1 milliseconds that the store's clock is ahead of the server's: '0' outside tests.   The rest is the script's own.

local call, format, sub = redis.call, string.format, string.sub
local META, RECORDS, NAMES, REVISIONS, JOURNALS, LEADERS = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]

local time = call('TIME')
local real = time[1] * 1000 + math.floor(time[2] / 1000)
local now = real + tonumber(ARGV[1])

local function num(n) return format('%.0f', n) end        -- '..' on a number prints 14 digits

-- What comes after this version, sequence or epoch. Grows with the server's time, so that none is given twice, also if the last second of what
-- was written is lost, or everything.
local function following(last) return math.max(last + 1, (real - 1704067200000) * 4096) end

local function checkTypes()
  for i, wanted in ipairs({'hash', 'hash', 'zset', 'hash', 'zset', 'hash'}) do
    local is = call('TYPE', KEYS[i]).ok
    if is ~= wanted and is ~= 'none' then error('WRONGTYPE ' .. KEYS[i] .. ' is a ' .. is .. ', not a ' .. wanted, 0) end
  end
end

-- Where memory is short Redis refuses the first write of a script, if that may need more; the later ones pass, and so does one that can only free.
-- Called before what only replaces or removes: the nodes that are there must go on.
local function writeThoughMemoryIsShort() call('HDEL', META, '') end

-- {node, epoch, end} of the one who leads or led last.
local function leader(role)
  local known = call('HGET', LEADERS, role)
  return known and cmsgpack.unpack(known)
end

local function isCurrent(role, node, epoch)
  local last = leader(role)
  return last and last[1] == node and num(last[2]) == epoch
end
