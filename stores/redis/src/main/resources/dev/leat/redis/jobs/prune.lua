-- Removes jobs that ended longer ago than they are kept, and keys whose windows are over.
--
-- KEYS   see shared.lua
-- ARGV   2 most jobs   3 how long completed, 4 discarded, 5 cancelled jobs are kept in ms, '' for ever
-- reply  {'1' if there may be more, lane, state, jobs, ...}
local most, total, more, removed = tonumber(ARGV[2]), 0, '0', {}
local oldNotes, entries = {}, 0
local MOST_ENTRIES = 10000                                -- of histories: a script that removed more would hold up everybody

-- The ids of from .. from + n - 1 of a block are unknown from now on.
local function forget(block, from, n)
  local page, first = place(sub(block, 1, 16))
  local generation = tonumber(string.match(block, '%+(%d+)$') or '0')
  loadPages({page})
  local p, out, lo, hi = pages[page], {}, first + from, first + from + n - 1
  for k = 1, #p, 4 do
    local a, length, of, g = byte(p, k, k + 3)
    local z = a + length
    if of ~= first or g ~= generation or z < lo or a > hi then
      out[#out + 1] = sub(p, k, k + 3)
    else
      if a < lo then out[#out + 1] = char(a, lo - 1 - a, of, g) end
      if z > hi then out[#out + 1] = char(hi + 1, z - hi - 1, of, g) end
    end
  end
  pages[page] = table.concat(out)
  newPages[page] = true
end

local function noteOf(key) if isStored(key) then oldNotes[key] = true end end

local function historyOf(block, h)
  local names = {}
  for _, name in ipairs(entryNames(block, h)) do
    if history[name] == nil then history[name] = false; names[#names + 1] = name end
  end
  for _, e in ipairs(hmget(HISTORY, names)) do noteOf(cmsgpack.unpack(e)[7]) end
  entries = entries + #names
end

for _, each in ipairs({{COMPLETED, ARGV[3]}, {DISCARDED, ARGV[4]}, {CANCELLED, ARGV[5]}}) do
  local st, kept = each[1], each[2]
  if kept ~= '' and total < most then
    local before = format('%d%016.0f', st, math.max(0, now - tonumber(kept) + 1))
    local found = call('ZRANGEBYLEX', OVER, '[' .. st, '(' .. before, 'LIMIT', 0, most - total)
    local blocks = {}
    for i = 1, #found do blocks[i] = sub(found[i], 24) end
    load(blocks)
    for i = 1, #found do
      if total >= most or entries >= MOST_ENTRIES then break end
      local from, n = tonumber(sub(found[i], 18, 20)), tonumber(sub(found[i], 21, 23))
      n = math.min(n, most - total)
      local block, lane = blocks[i], nil
      total = total + change(block, from, n, anyRun, function(r)
        lane = r[LANE]
        r[ST] = GONE
      end)
      forget(block, from, n)
      local key = num(lane) .. ':' .. st
      removed[key] = (removed[key] or 0) + n
      local s, alive = states[block], false
      if s[4] then
        local v = call('HGET', UNIQUE, s[4])
        local id, till = string.match(v or '', '^(%x+):(%d+)$')
        if id == sub(block, 1, 16) and (till == '0' or tonumber(till) <= now) then unique[s[4]] = false end
      end
      for _, r in ipairs(s[3]) do alive = alive or r[ST] ~= GONE end
      if not alive then
        for _, r in ipairs(s[3]) do
          noteOf(r[NOTE])
          historyOf(block, r[HIST])
        end
        local jobs = 0
        for _, r in ipairs(s[3]) do
          if r[OWN] > 0 then oldNotes[ownName(block, jobs)] = true end
          jobs = jobs + r[N]
        end
        states[block] = false
        bodies[block] = false
      end
    end
  end
end

local windows = call('ZRANGEBYLEX', OVER, '[9', '(' .. format('9%016.0f', now + 1), 'LIMIT', 0, most)
for _, m in ipairs(windows) do
  local field = sub(m, 18)
  local v = call('HGET', UNIQUE, field)
  local till = tonumber(string.match(v or '', ':(%d+)$') or '0')
  if till > 0 and till <= now then unique[field] = false end
  over[m] = false
end
for key in pairs(oldNotes) do notes[key] = false end
writeThoughMemoryIsShort()
flush()
if total >= most or entries >= MOST_ENTRIES or #windows >= most then more = '1' end
local out = {more}
for key, n in pairs(removed) do
  local lane, st = string.match(key, '^(%d+):(%d)$')
  out[#out + 1] = laneName(tonumber(lane)); out[#out + 1] = tonumber(st); out[#out + 1] = n
end
return out
