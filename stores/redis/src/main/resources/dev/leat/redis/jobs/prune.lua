-- Removes jobs that ended longer ago than they are kept, and keys whose windows are over.
--
-- KEYS   see shared.lua
-- ARGV   2 most jobs   3 how long completed, 4 discarded, 5 cancelled jobs are kept in ms, '' for ever
-- reply  {'1' if there may be more, lane, state, jobs, ...}
local most, total, more, removed = tonumber(ARGV[2]), 0, '0', {}
local oldNotes, gone, entries = {}, {}, 0                 -- gone: jobs that go now, by block
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

-- The body without the payloads of jobs that are gone; they count on as jobs without any.
local function bodyWithout(body, runs)
  local ends, payloads, at, total, jobs = {}, {}, 0, 0, bodyJobs(body)
  for _, r in ipairs(runs) do
    for i = at, at + r[N] - 1 do
      if r[ST] ~= GONE then
        payloads[#payloads + 1] = bodyBytes(body, i, 1)
        total = total + #payloads[#payloads]
      end
      ends[#ends + 1] = struct.pack('>I4', total)
    end
    at = at + r[N]
  end
  return sub(body, 1, 2) .. table.concat(ends) .. sub(body, 3 + 4 * jobs, 2 + 13 * jobs) .. table.concat(payloads)
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
      total = total + change(block, from, n, anyRun, function(r, at)
        lane = r[LANE]
        if r[OWN] > 0 then
          for i = at, at + r[N] - 1 do oldNotes[ownName(block, i)] = true end
          r[OWN] = 0
        end
        if st == COMPLETED then noteOf(r[NOTE]); r[NOTE] = 0 end       -- a result is of one job; why jobs ended may be of several
        r[ST] = GONE
      end)
      gone[block] = (gone[block] or 0) + n
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
        layout.forget(s)
        states[block] = false
        bodies[block] = false
      end
    end
  end
end

-- A body is written anew, without the payloads of jobs that are gone, each time that about half of the jobs went: seldom, and so that at most as many
-- payloads of jobs that are gone stay as of jobs that are there.
local shrunk = {}
for block, n in pairs(gone) do
  if states[block] then
    local left = 0
    for _, r in ipairs(states[block][3]) do if r[ST] ~= GONE then left = left + r[N] end end
    local _, before = math.frexp(left + n)
    local _, after = math.frexp(left)
    if after < before then shrunk[#shrunk + 1] = block end
  end
end
loadBodies(shrunk)
for _, block in ipairs(shrunk) do bodies[block] = bodyWithout(bodyOf[block], states[block][3]) end

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
