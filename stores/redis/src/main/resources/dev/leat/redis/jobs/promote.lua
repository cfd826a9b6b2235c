-- Makes jobs available whose due time has come, most overdue first.
--
-- KEYS   see shared.lua
-- ARGV   2 most jobs
-- reply  lane, jobs, lane, jobs ...
local most, moved, total, out = tonumber(ARGV[2]), {}, 0, {}
local found = call('ZRANGEBYSCORE', DUE, '-inf', num(now), 'LIMIT', 0, most)
local blocks = {}
for i = 1, #found do blocks[i] = string.match(found[i], '^[^:]*') end
load(blocks)
for i = 1, #found do
  if total >= most then break end
  local from, n = string.match(found[i], ':(%d%d%d)(%d%d%d)$')
  n = math.min(tonumber(n), most - total)
  total = total + change(blocks[i], tonumber(from), n, anyRun, function(r)
    r[ST] = AVAILABLE
    r[AT] = nextPosition()
    moved[r[LANE]] = (moved[r[LANE]] or 0) + r[N]
  end)
end
for lane, n in pairs(moved) do out[#out + 1] = laneName(lane); out[#out + 1] = n end
writeThoughMemoryIsShort()
flush()
return out
