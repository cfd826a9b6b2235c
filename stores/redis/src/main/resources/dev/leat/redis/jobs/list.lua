-- The heads of jobs by id, page by page of ids. Writes nothing.
--
-- KEYS   see shared.lua
-- ARGV   2 tenant   3 queue or ''   4 kind or ''   5 states as digits   6 '1' if the newest come first   7 only ids behind this one, or ''
--        8 most jobs   9 most pages to look at
-- reply  {the id to go on behind, '' if there are no more, heads}; a head is
--        {id, lane, state, priority, attempt, most attempts, crashes, created, at, started, worker, note}
local newest, after, most, mostPages = ARGV[6] == '1', ARGV[7], tonumber(ARGV[8]), tonumber(ARGV[9])
local wanted = {}
for d in string.gmatch(ARGV[5], '%d') do wanted[tonumber(d)] = true end

local fits = {}
local function isLane(lane)
  if fits[lane] == nil then
    local tenant, queue, kind = string.match(laneName(lane), '^([^/]*)/([^/]*)/([^/]*)$')
    fits[lane] = tenant == ARGV[2] and (ARGV[3] == '' or queue == ARGV[3]) and (ARGV[4] == '' or kind == ARGV[4])
  end
  return fits[lane]
end

-- Of a failure only the message: u32 how long it is, the message, the rest.
local function message(block, r)
  local key = (r[ST] == DISCARDED or r[ST] == CANCELLED) and r[NOTE] or 0
  local h = r[HIST]
  if key == 0 and r[ST] ~= DISCARDED and r[ST] ~= CANCELLED and #h > 0 then key = entry(block, h[#h - 2], h[#h])[7] end
  if key == 0 then return '' end
  if sub(key, 1, 1) == '!' then return key end
  local v = call('HGET', NOTES, key)
  return v and sub(v, 1, 4 + struct.unpack('>I4', v)) or ''
end

local page = after ~= '' and sub(after, 1, 14) or nil
local found
if newest then
  found = call('ZREVRANGEBYLEX', ORDER, page and '[' .. page or '+', '-', 'LIMIT', 0, mostPages)
else
  found = call('ZRANGEBYLEX', ORDER, page and '[' .. page or '-', '+', 'LIMIT', 0, mostPages)
end
loadPages(found)
local heads, last = {}, ''
for _, name in ipairs(found) do
  local ranges, p = {}, pages[name]
  for k = 1, #p, 4 do ranges[#ranges + 1] = {byte(p, k, k + 3)} end
  table.sort(ranges, function(a, b) return a[1] < b[1] end)
  local blocks = {}
  for i, g in ipairs(ranges) do blocks[i] = blockName(name, g[3], g[4]) end
  load(blocks)
  local lo, hi = 0, 255                                   -- which ids of the page count
  if name == page then
    local _, at = place(after)
    if newest then hi = at - 1 else lo = at + 1 end
  end
  local jobs = {}
  for i, g in ipairs(ranges) do
    local from = g[3]
    for _, r in ipairs(states[blocks[i]][3]) do
      if wanted[r[ST]] and isLane(r[LANE]) then
        for at = math.max(from, g[1], lo), math.min(from + r[N] - 1, g[1] + g[2], hi) do jobs[#jobs + 1] = {at, r, blocks[i]} end
      end
      from = from + r[N]
    end
  end
  for i = 1, #jobs do
    if #heads >= most then return {last, heads} end
    local j = jobs[newest and #jobs + 1 - i or i]
    local r = j[2]
    last = name .. format('%02x', j[1])
    heads[#heads + 1] = {
      last, laneName(r[LANE]), r[ST], r[PRIO], r[ATT], r[MAXA], r[CRASH], num(states[j[3]][1]), num(r[AT]), num(r[START]), r[WRK],
      message(j[3], r)}
  end
  last = name .. (newest and '00' or 'ff')
end
return {#found < mostPages and '' or last, heads}
