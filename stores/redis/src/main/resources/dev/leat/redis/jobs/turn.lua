-- Settles jobs and then claims some: settle, claim and settleAndClaim.
--
-- KEYS   see shared.lua
-- ARGV   2 most jobs to claim, 0 to claim none   3 most bytes   4 lease in ms   5 worker   6 '1' if suspects may be handed out   7 claim id
--        8 number of lanes   9.. the lanes   then for each run of settlements with one outcome under one lease, of contiguous ids on one page:
--        'lease:first id:jobs:outcome:ms' (c completed, d discarded, x cancelled, r retry, s snooze, f released), result or failure or ''
-- reply  {settled, leases, left, lanes in which jobs were released}
--        settled: for each run of settlements 1 if all were accepted, 0 if none, else a string of 1 and 0
--        leases:  {lease, lane, priority, attempt, suspect, end, slices ...}; a slice is {first id, jobs, most attempts, payloads, own payload or ''}
--        left:    1 if there may be more
--        Or {lane, priority, ...}, with nothing done: whose streams have to be among the keys.
local claimArgs = 8 + tonumber(ARGV[8])

-- Settling.

local released, releasedIn, bringsResults = {}, {}, false
local slicesByStart = {}
local function sliceAt(token, id)
  local starts = slicesByStart[token]
  if not starts then
    starts = {}
    local l = leases[token]
    for i = L_SLICES + 1, #l, 3 do starts[idOf(l[i], l[i + 1])] = i end
    slicesByStart[token] = starts
  end
  return starts[id]
end

local function outcome(token, code, ms)
  local t = tonumber(token)
  if code == 'c' then return function(r, note) r[ST] = COMPLETED; r[AT] = now; r[BY] = 0; r[NOTE] = note end end
  if code == 'd' then return function(r, note) r[ST] = DISCARDED; r[AT] = now; r[BY] = FAILED; r[NOTE] = note end end
  if code == 'x' then return function(r, note) r[ST] = CANCELLED; r[AT] = now; r[BY] = CALLED_OFF; r[NOTE] = note end end
  if code == 'r' then return function(r, note, block, at) remember(block, at, r, FAILED, note, now); r[SUS] = 0; r[ST] = RETRYABLE; r[AT] = now + ms end end
  if code == 's' then
    return function(r, _, block, at) remember(block, at, r, SNOOZED, 0, now); r[ATT] = r[ATT] - 1; r[SUS] = 0; r[ST] = SCHEDULED; r[AT] = now + ms end
  end
  if code == 'f' then
    return function(r, _, block, at)
      remember(block, at, r, RELEASED, 0, now); r[ATT] = r[ATT] - 1; r[ST] = AVAILABLE; r[AT] = nextPosition()
      if not releasedIn[r[LANE]] then releasedIn[r[LANE]] = true; released[#released + 1] = laneName(r[LANE]) end
    end
  end
  error('LEAT unknown outcome ' .. code, 0)
end

local function settle(header, blob)
  local token, id, n, code, ms = string.match(header, '^(%-?%d+):(%x+):(%d+):(%a):(%d+)$')
  local l = leases[token]
  if not l then return 0 end
  n = tonumber(n)
  local page, lo = place(id)
  local apply, accepted, got = outcome(token, code, tonumber(ms)), {}, 0
  local held = holds(token)
  local function one(i)
    local block, from, jobs = l[i], l[i + 1], l[i + 2]
    local base = tonumber(sub(block, 15, 16), 16)
    local a, z = math.max(lo, base + from), math.min(lo + n, base + from + jobs)
    if a >= z then return end
    -- Of each block one, which goes with it, named after a job that is settled now: no other's can be overwritten.
    local note = 0
    got = got + change(block, a - base, z - a, held, function(r, at)
      if blob ~= '' and note == 0 then note = idOf(block, at) .. ':' .. token; notes[note] = blob end
      apply(r, note, block, at)
      accepted[#accepted + 1] = base + at - lo; accepted[#accepted + 1] = r[N]
    end)
  end
  local direct = sliceAt(token, id)
  if direct and l[direct + 2] >= n then
    one(direct)
  else
    for i = L_SLICES + 1, #l, 3 do if sub(l[i], 1, 14) == page then one(i) end end
  end
  if got == 0 then return 0 end
  bringsResults = bringsResults or (blob ~= '' and code == 'c')
  l[L_HELD] = l[L_HELD] - got
  leasesDirty[token] = true
  if l[L_HELD] == 0 then endLease(token) end
  if got == n then return 1 end
  local bits = {}
  for i = 1, n do bits[i] = '0' end
  for i = 1, #accepted, 2 do for j = accepted[i] + 1, accepted[i] + accepted[i + 1] do bits[j] = '1' end end
  return table.concat(bits)
end

local settled, tokens = {}, {}
for a = claimArgs + 1, #ARGV, 2 do tokens[#tokens + 1] = string.match(ARGV[a], '^[^:]*') end
loadLeases(tokens)
local blocks = {}
for _, token in ipairs(tokens) do
  local l = leases[token]
  if l and not blocks[token] then
    blocks[token] = true
    for i = L_SLICES + 1, #l, 3 do blocks[#blocks + 1] = l[i] end
  end
end
load(blocks)
for a = claimArgs + 1, #ARGV, 2 do settled[#settled + 1] = settle(ARGV[a], ARGV[a + 1]) end

local function finish()
  if not bringsResults then writeThoughMemoryIsShort() end
  flush()
end

-- Claiming.

local most, mostBytes, length, worker = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
if most == 0 then finish(); return {settled, {}, 0, released} end
local claimId = ARGV[7]

local function answer(token, l, till)
  local out = {token, l[L_NAME], l[L_PRIO], l[L_ATT], l[L_SUS] > 0 and 1 or 0, num(till)}
  local held, from = holds(token), {}
  for i = L_SLICES + 1, #l, 3 do from[#from + 1] = l[i] end
  load(from)
  loadBodies(from)
  for i = 1, #from do
    local block, lo, at = from[i], l[L_SLICES + 3 * i - 1], 0
    local hi = lo + l[L_SLICES + 3 * i]
    for _, r in ipairs(states[block][3]) do
      local e = at + r[N]
      if e > lo and at < hi and held(r) then
        local a, z = math.max(at, lo), math.min(e, hi)
        local own = r[OWN] > 0 and call('HGET', NOTES, ownName(block, a)) or ''
        out[#out + 1] = {idOf(block, a), z - a, r[MAXA], bodySlice(bodyOf[block], a, z - a), own}
      end
      at = e
    end
  end
  return out
end

local again = claimTokens(claimId)
if #again > 0 then
  loadLeases(again)
  local answers = {}
  for i, token in ipairs(again) do answers[i] = answer(token, leases[token], tonumber(call('ZSCORE', ENDS, token))) end
  finish()
  return {settled, answers, 1, released}
end

local asked, seen = {}, {}
local given = {}
for i = 9, claimArgs do given[#given + 1] = ARGV[i] end
loadLanes(given)
for _, name in ipairs(given) do
  local lane = lanes[name]
  if lane and not seen[lane] then seen[lane] = true; asked[#asked + 1] = lane end
end
loadCounts(asked)
local undeclared = layout.undeclared(asked)
if #undeclared > 0 then return {undeclared} end
layout.catchUp(asked)

local groups, order, got, gotBytes, full = {}, {}, 0, 0, false

-- Takes the first jobs of a run, as many as fit; false once something did not.
local function take(block, from)
  local r, body = runAt(state(block), from), bodyOf[block]
  local n = math.min(r[N], most - got)
  local bytes
  if r[OWN] > 0 then
    bytes = r[OWN] - 1
    if got > 0 and gotBytes + bytes > mostBytes then n = 0 end
  else
    local base = bodyEnd(body, from)
    bytes = bodyEnd(body, from + n) - base
    while n > 0 and gotBytes + bytes > mostBytes and got + n > 1 do
      n = n - 1
      bytes = bodyEnd(body, from + n) - base
    end
  end
  if n == 0 then full = true; return false end
  if n < r[N] then full = true end
  local key = r[LANE] .. ':' .. r[PRIO] .. ':' .. r[ATT] .. ':' .. r[SUS]
  local g = groups[key]
  if not g or g.n + n > 256 then
    g = {token = nextToken(), n = 0, lease = {claimId, worker, r[LANE], laneName(r[LANE]), r[PRIO], r[ATT] + 1, r[SUS], now, 0, 0}}
    groups[key] = g
    order[#order + 1] = g
  end
  g.n = g.n + n
  local l = g.lease
  l[#l + 1] = block; l[#l + 1] = from; l[#l + 1] = n
  change(block, from, n, anyRun, function(x)
    x[ST] = RUNNING; x[ATT] = x[ATT] + 1; x[AT] = g.token; x[TOK] = g.token; x[WRK] = worker; x[START] = now
  end)
  got = got + n
  gotBytes = gotBytes + bytes
  return not full
end

if ARGV[6] == '1' then
  local best, bestKey
  for _, lane in ipairs(asked) do
    if counts[lane][18] > 0 then
      local p = format('%06d', lane)
      local m = call('ZRANGEBYLEX', SUSPECTS, '[' .. p, '(' .. p .. ':', 'LIMIT', 0, 1)[1]
      if m and (not bestKey or sub(m, 7, 23) < bestKey) then best, bestKey = m, sub(m, 7, 23) end
    end
  end
  if best then
    local alone, p = sub(best, 7, 7) == '0', sub(best, 1, 7)
    local found = call('ZRANGEBYLEX', SUSPECTS, '[' .. p, '(' .. p .. ':', 'LIMIT', 0, alone and 1 or 64)
    local of = blocksOf(found, 23)
    local like, room, limit = nil, alone and 1 or 16, most
    for i = 1, #found do
      local from = tonumber(sub(found[i], 24, 26))
      local r = runAt(states[of[i]], from)
      if not like then like = {r[PRIO], r[ATT]} end
      if r[PRIO] == like[1] and r[ATT] == like[2] and got < room then
        most = math.min(limit, room)
        layout.tookOver(of[i])
        if not take(of[i], from) then break end
      end
    end
    most, full = limit, false
  end
end

local function room() return full and 0 or most - got end

for prio = 0, 9 do
  for _, lane in ipairs(asked) do
    if counts[lane][8 + prio] > 0 and room() > 0 then layout.claimFrom(lane, prio, take, room) end
  end
end

local ids, answers = {}, {}
for i, g in ipairs(order) do
  local token, l = num(g.token), g.lease
  l[9] = g.n; l[L_HELD] = g.n
  leases[token] = l; leasesDirty[token] = true
  newEnds[token] = now + length
  ids[i] = token
  answers[i] = answer(token, l, now + length)
end
if #ids > 0 then claims[claimId] = ids; claimsDirty[claimId] = true end
local left = 0
for _, lane in ipairs(asked) do
  local c = counts[lane]
  for prio = 0, 9 do if c[8 + prio] > 0 then left = 1 end end
  if ARGV[6] == '1' and c[18] > 0 then left = 1 end
end
finish()
return {settled, answers, left, released}
