-- Takes back the jobs of leases that have ended, as suspects.
--
-- KEYS   see shared.lua
-- ARGV   2 most leases   3 crashes at which a job is discarded
-- reply  {leases taken back, {lane, jobs, ...} that are available again, {id, lane, ...} that were discarded}
local limit, back, available, discarded = tonumber(ARGV[3]), {}, {}, {}
local tokens = call('ZRANGEBYSCORE', ENDS, '-inf', num(now), 'LIMIT', 0, ARGV[2])
loadLeases(tokens)
local blocks = {}
for _, token in ipairs(tokens) do
  local l = leases[token]
  for i = L_SLICES + 1, #l, 3 do blocks[#blocks + 1] = l[i] end
end
load(blocks)
for _, token in ipairs(tokens) do
  local l = leases[token]
  local alone = l[L_SUS] == 2
  for i = L_SLICES + 1, #l, 3 do
    local block = l[i]
    change(block, l[i + 1], l[i + 2], holds(token), function(r, from)
      local left, crashes = alone and r[ATT] or r[ATT] - 1, alone and r[CRASH] + 1 or r[CRASH]
      local over = crashes >= limit or left >= r[MAXA]
      local note = over and format('!crash:%d:%d:%d', crashes, left, r[MAXA]) or 0
      remember(block, from, r, LOST, note, now)
      r[ATT] = left; r[CRASH] = crashes; r[SUS] = l[L_SUS] == 0 and 1 or 2
      if over then
        r[ST] = DISCARDED; r[AT] = now; r[BY] = 0; r[NOTE] = note
        for j = from, from + r[N] - 1 do
          discarded[#discarded + 1] = idOf(block, j); discarded[#discarded + 1] = laneName(r[LANE])
        end
      else
        r[ST] = AVAILABLE; r[AT] = nextPosition()
        back[r[LANE]] = (back[r[LANE]] or 0) + r[N]
      end
    end)
  end
  endLease(token)
end
for lane, n in pairs(back) do available[#available + 1] = laneName(lane); available[#available + 1] = n end
writeThoughMemoryIsShort()
flush()
return {#tokens, available, discarded}
