-- What the scripts share; put in front of each of them when they are loaded.
--
-- A script reads and computes first and writes at its very end, in flush(): Redis does not roll back, so whatever may fail has to do so
-- before the first write.
--
-- KEYS   1 meta   2 lanes   3 counts   4 pages   5 order   6 bodies   7 states   8 ready   9 suspects   10 due
--        11 leases   12 ends   13 claims   14 notes   15 unique   16 over   17 history   18 names   19 acks   20.. streams, see streams/entries.lua
--        (docs/decisions/022-redis-layout.md says what they hold)
-- ARGV   1 milliseconds that the store's clock is ahead of the server's: '0' outside tests.   The rest is the script's own.

local call, format, sub, byte, char = redis.call, string.format, string.sub, string.byte, string.char
local META, LANES, COUNTS, PAGES, ORDER, BODIES, STATES, READY = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7], KEYS[8]
local SUSPECTS, DUE, LEASES, ENDS, CLAIMS, NOTES, UNIQUE, OVER = KEYS[9], KEYS[10], KEYS[11], KEYS[12], KEYS[13], KEYS[14], KEYS[15], KEYS[16]
local HISTORY, NAMES, ACKS = KEYS[17], KEYS[18], KEYS[19]
local CHUNK = 4000                                        -- unpack fails near 8,000

-- How available jobs wait: lists.lua or streams/entries.lua, which is put behind this file, says it; here is what holds unless it does.
local layout = {name = 'lists'}
-- Whether a run that is available waits in its block's stream entry, and if so, that jobs came there or went.
function layout.isUnread() return false end
function layout.unread() end
-- A new block is available.
function layout.enter() end
-- A block of suspects was handed out.
function layout.tookOver() end
-- A block is removed.
function layout.forget() end
-- What this layout needs to be named in KEYS for a claim of these lanes and was not.
function layout.undeclared() return {} end
-- Does for these lanes what had to wait until their keys were named.
function layout.catchUp() end
-- What is to be written before all else: {type of the key, key, function that writes}, ...
function layout.writes() return {} end

-- The states of a run of jobs.
local GONE, SCHEDULED, AVAILABLE, RUNNING, RETRYABLE, COMPLETED, DISCARDED, CANCELLED = 0, 1, 2, 3, 4, 5, 6, 7
-- How a run of a handler ended.
local FAILED, SNOOZED, RELEASED, LOST, CALLED_OFF = 1, 2, 3, 4, 5
-- The fields of a run: jobs of a block that are next to each other and alike.
--   AT: available: its position; waiting: due; running: its lease; ended: when.   TOK, WRK, START: the last lease it was in.
--   HIST: which entries of the history are these jobs', see remember.              BY: how the handler's run ended that ended the job, or 0
--   NOTE: of the result or reason, or 0.                                          OWN: 0, or 1 + bytes of a payload put in place by hand
local N, ST, LANE, PRIO, ATT, CRASH, SUS, AT, TOK, WRK, START, HIST, BY, NOTE, MAXA, OWN = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16
local MOST_RUNS_KEPT = 1000
local MOST_LANES = 100000                                 -- each takes memory for ever, and counts read all of a tenant

local time = call('TIME')
local real = time[1] * 1000 + math.floor(time[2] / 1000)
local now = real + tonumber(ARGV[1])

local function num(n) return format('%.0f', n) end        -- '..' on a number prints 14 digits

local function hmget(key, fields)
  local out = {}
  for s = 1, #fields, CHUNK do
    local e = math.min(s + CHUNK - 1, #fields)
    local r = call('HMGET', key, unpack(fields, s, e))
    for i = 1, e - s + 1 do out[s + i - 1] = r[i] end
  end
  return out
end

-- What is to be written. A place holds members; true puts one in, false takes it out.
local ready, suspects, due, over, acks = {}, {}, {}, {}, {}
local notes, unique, bodies, history = {}, {}, {}, {}
local meta, newLanes, newNames = nil, {}, {}

-- States of blocks: {created, lane as enqueued, runs, unique key's field or nil}.
local states, dirty = {}, {}

local function load(blocks)
  local missing = {}
  for i = 1, #blocks do if states[blocks[i]] == nil then missing[#missing + 1] = blocks[i]; states[blocks[i]] = false end end
  local got = hmget(STATES, missing)
  for i = 1, #missing do if got[i] then states[missing[i]] = cmsgpack.unpack(got[i]) end end
end

local function state(block)
  local s = states[block]
  if s == nil then load({block}); s = states[block] end
  return s
end

-- Jobs of a lane by state (1 to 7), available ones that are no suspects by priority (8 to 17), suspects (18).
local counts, counted = {}, {}

local function loadCounts(lanes)
  local missing = {}
  for i = 1, #lanes do if not counts[lanes[i]] then missing[#missing + 1] = num(lanes[i]) end end
  local got = hmget(COUNTS, missing)
  for i = 1, #missing do
    counts[tonumber(missing[i])] = got[i] and cmsgpack.unpack(got[i]) or {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}
  end
end

local function count(r, by)
  local lane = r[LANE]
  if not counts[lane] then loadCounts({lane}) end
  local c = counts[lane]
  c[r[ST]] = c[r[ST]] + by
  if r[ST] == AVAILABLE then
    local at = r[SUS] == 0 and 8 + r[PRIO] or 18
    c[at] = c[at] + by
  end
  counted[lane] = true
end

local function loadMeta()
  if not meta then
    local v = call('HMGET', META, 'pos', 'token', 'layout')
    if v[1] and (v[3] or 'lists') ~= layout.name then error('LEAT layout is ' .. (v[3] or 'lists') .. ', not ' .. layout.name, 0) end
    meta = {pos = tonumber(v[1] or '0'), token = tonumber(v[2] or '0')}
  end
end

local function nextPosition()
  loadMeta()
  meta.pos = meta.pos + 1
  return meta.pos
end

-- Grows with the server's time and never repeats: also if the last second of what was written is lost, or everything.
local function nextToken()
  loadMeta()
  meta.token = math.max(meta.token + 1, (real - 1704067200000) * 4096)
  return meta.token
end

-- A lane's number by its name, made if need be.
local lanes, laneNames = {}, {}
local laneTotal

local function loadLanes(names)
  local missing = {}
  for i = 1, #names do if lanes[names[i]] == nil then missing[#missing + 1] = names[i]; lanes[names[i]] = false end end
  local got = hmget(LANES, missing)
  for i = 1, #missing do if got[i] then lanes[missing[i]] = tonumber(got[i]); laneNames[tonumber(got[i])] = missing[i] end end
end

local function intern(name)
  if lanes[name] == nil then loadLanes({name}) end
  if not lanes[name] then
    laneTotal = (laneTotal or call('HLEN', LANES) / 2) + 1
    if laneTotal > MOST_LANES then error('LEAT too many lanes', 0) end
    lanes[name] = laneTotal
    laneNames[laneTotal] = name
    newLanes[#newLanes + 1] = name; newLanes[#newLanes + 1] = num(laneTotal)
    newLanes[#newLanes + 1] = '#' .. num(laneTotal); newLanes[#newLanes + 1] = name
    newNames[name] = true
  end
  return lanes[name]
end

local function laneName(lane)
  if not laneNames[lane] then laneNames[lane] = call('HGET', LANES, '#' .. num(lane)) end
  return laneNames[lane]
end

local fresh = {}                                          -- members of ready that are not there yet but in what this script is to write

-- Puts a run where jobs of its state are looked for, or takes it from there.
local function seat(block, from, r, there)
  local st = r[ST]
  if st == GONE then return end
  if st == AVAILABLE then
    if layout.isUnread(states[block], r) then
      layout.unread(states[block], there and r[N] or -r[N])
    elseif r[SUS] == 0 then
      local m = format('%d%06d%016.0f%03d%03d', r[PRIO], r[LANE], r[AT], from, r[N]) .. block
      ready[m] = there
      if not there and fresh[m] then ready[m] = nil end
      if there and layout.opening then fresh[m] = true end
    else
      suspects[format('%06d%d%016.0f%03d%03d', r[LANE], 2 - r[SUS], r[AT], from, r[N]) .. block] = there
    end
  elseif st == SCHEDULED or st == RETRYABLE then
    due[block .. format(':%03d%03d', from, r[N])] = there and r[AT]
  elseif st ~= RUNNING then
    over[format('%d%016.0f%03d%03d', st, r[AT], from, r[N]) .. block] = there
  end
  count(r, there and r[N] or -r[N])
end

local function copy(r)
  local c = {}
  for i = 1, OWN do c[i] = r[i] end                       -- HIST is never changed in place
  return c
end

-- Has act(run, from) change the runs of from .. from + n - 1 that pass the test, split off where they are longer. How many jobs those were.
local function change(block, from, n, test, act)
  local s = state(block)
  if not s then return 0 end
  local runs, at, i, to, done = s[3], 0, 1, from + n, 0
  while i <= #runs and at < to do
    local r = runs[i]
    local e = at + r[N]
    if e > from and test(r) then
      local lo, hi = math.max(at, from), math.min(e, to)
      seat(block, at, r, false)
      if at < lo then
        local c = copy(r)
        r[N] = lo - at; seat(block, at, r, true)
        c[N] = e - lo; i = i + 1; table.insert(runs, i, c)
        r = c
      end
      if hi < e then
        local c = copy(r)
        r[N] = hi - lo
        c[N] = e - hi; table.insert(runs, i + 1, c); seat(block, hi, c, true)
      end
      act(r, lo)
      seat(block, lo, r, true)
      done = done + r[N]
      dirty[block] = true
      e = hi
    end
    at = e; i = i + 1
  end
  return done
end

local function anyRun() return true end

-- The run that holds one job of a block.
local function runAt(s, at)
  local from = 0
  for i = 1, #s[3] do
    local r = s[3][i]
    if at < from + r[N] then return r end
    from = from + r[N]
  end
end

-- The history of a block. An entry {lease, attempt, how it ended, worker, started, ended, note} is one run of the handler for all jobs of the run that
-- it was written for. It is named by where that began and a number, and never rewritten. HIST is {where, first number, last number, ...}, oldest first:
-- runs that were split share what they have in common, and a state does not grow with its history.
local function entryName(block, where, i) return block .. ':' .. num(where) .. ':' .. num(i) end

local function entry(block, where, i)
  local name = entryName(block, where, i)
  return cmsgpack.unpack(history[name] or call('HGET', HISTORY, name))
end

local function entryNames(block, h)
  local names = {}
  for s = 1, #h, 3 do
    for i = h[s + 1], h[s + 2] do names[#names + 1] = entryName(block, h[s], i) end
  end
  return names
end

local function isStored(note) return note ~= 0 and sub(note, 1, 1) ~= '!' end

-- Whether a run's end or its history has this note, which is named after a lease: these grow in a history.
local function hasNote(block, r, note)
  if r[NOTE] == note then return true end
  local lease, h = tonumber(string.match(note, ':(.*)$')), r[HIST]
  for s = 1, #h, 3 do
    local lo, hi = h[s + 1], h[s + 2]
    while lo <= hi do
      local mid = math.floor((lo + hi) / 2)
      local e = entry(block, h[s], mid)
      if e[7] == note then return true end
      if e[1] < lease then lo = mid + 1 else hi = mid - 1 end
    end
  end
  return false
end

-- Takes the oldest entry out of a run's history, and out of the store once no other run of the block has it; its note too.
local function forgetOldest(block, r)
  local h, runs = r[HIST], states[block][3]
  local where, i = h[1], h[2]
  h[2] = i + 1
  if h[2] > h[3] then for _ = 1, 3 do table.remove(h, 1) end end
  for _, x in ipairs(runs) do
    for s = 1, #x[HIST], 3 do
      if x[HIST][s] == where and x[HIST][s + 1] <= i and i <= x[HIST][s + 2] then return end
    end
  end
  local note = entry(block, where, i)[7]
  history[entryName(block, where, i)] = false
  if not isStored(note) then return end
  for _, x in ipairs(runs) do if hasNote(block, x, note) then return end end
  notes[note] = false
end

-- Adds a run of the handler that ended to the history of a block's run, which begins at from.
local function remember(block, from, r, ended, note, at)
  local h = {unpack(r[HIST])}                             -- other runs may have the same
  local n, kept = #h, 0
  if n > 0 and h[n - 2] == from then
    h[n] = h[n] + 1
  else
    h[n + 1] = from; h[n + 2] = 1; h[n + 3] = 1
  end
  history[entryName(block, from, h[#h])] = cmsgpack.pack({r[TOK], r[ATT], ended, r[WRK], r[START], at, note})
  r[HIST] = h
  for s = 1, #h, 3 do kept = kept + h[s + 2] - h[s + 1] + 1 end
  if kept > MOST_RUNS_KEPT then forgetOldest(block, r) end
end

-- Pages. An id is 16 hexadecimal digits: 14 of its page and 2 of where it is there. A page is 4 bytes for each range of ids that are known:
-- first, last - first, first of the range's block, generation of the block (above 0 once ids of a block were removed and came again).
local pages, newPages = {}, {}

local function loadPages(names)
  local missing = {}
  for i = 1, #names do if pages[names[i]] == nil then missing[#missing + 1] = names[i]; pages[names[i]] = '' end end
  local got = hmget(PAGES, missing)
  for i = 1, #missing do if got[i] then pages[missing[i]] = got[i] end end
end

local function place(id) return sub(id, 1, 14), tonumber(sub(id, 15, 16), 16) end
local function blockName(page, first, generation) return page .. format('%02x', first) .. (generation > 0 and '+' .. format('%d', generation) or '') end
local function idOf(block, from) return sub(block, 1, 14) .. format('%02x', tonumber(sub(block, 15, 16), 16) + from) end

-- The note that a payload put in place by hand is: by block and not by id alone, since an id may come again while its old block is there.
local function ownName(block, from) return idOf(block, from) .. sub(block, 17) .. ':p' end

-- The block of an id and where the job is in it; nil if it is unknown.
local function locate(id)
  local page, at = place(id)
  loadPages({page})
  local p = pages[page]
  for k = 1, #p, 4 do
    local first, more, of, generation = byte(p, k, k + 3)
    if at >= first and at <= first + more then return blockName(page, of, generation), at - of end
  end
end

-- Bodies: u16 jobs, their u32 ends of payload, their 8 bytes nonce and 1 byte content type, payloads.
local function bodyJobs(b) return (struct.unpack('>I2', b)) end
local function bodyEnd(b, i) if i == 0 then return 0 end return (struct.unpack('>I4', b, 3 + 4 * (i - 1))) end
local function bodyMeta(b, i) local at = 2 + 4 * bodyJobs(b) + 9 * i; return sub(b, at + 1, at + 9) end
local function bodyBytes(b, from, n) local base = 2 + 13 * bodyJobs(b); return sub(b, base + bodyEnd(b, from) + 1, base + bodyEnd(b, from + n)) end
-- u32 where the first payload starts in its block, ends, nonces and types, payloads: of n jobs.
local function bodySlice(b, from, n)
  local metas = 2 + 4 * bodyJobs(b)
  return struct.pack('>I4', bodyEnd(b, from)) .. sub(b, 3 + 4 * from, 2 + 4 * (from + n)) .. sub(b, metas + 9 * from + 1, metas + 9 * (from + n))
    .. bodyBytes(b, from, n)
end

local bodyOf = {}
local function loadBodies(blocks)
  local missing = {}
  for i = 1, #blocks do if bodyOf[blocks[i]] == nil then missing[#missing + 1] = blocks[i]; bodyOf[blocks[i]] = false end end
  local got = hmget(BODIES, missing)
  for i = 1, #missing do bodyOf[missing[i]] = got[i] end
end

-- Has the blocks at hand that members of ready or suspects name behind a prefix of so many characters.
local function blocksOf(found, prefix)
  local out = {}
  for i = 1, #found do out[i] = sub(found[i], prefix + 7) end
  load(out)
  loadBodies(out)
  return out
end

-- Leases: {claim id, worker, lane, its name, priority, attempt, suspicion, started, jobs handed out, jobs held, block, from, n, block, from, n ...}.
local L_CLAIM, L_LANE, L_NAME, L_PRIO, L_ATT, L_SUS, L_HELD, L_SLICES = 1, 3, 4, 5, 6, 7, 10, 10
local leases, leasesDirty, newEnds, claims, claimsDirty = {}, {}, {}, {}, {}

local function loadLeases(tokens)
  local missing = {}
  for i = 1, #tokens do if leases[tokens[i]] == nil then missing[#missing + 1] = tokens[i]; leases[tokens[i]] = false end end
  local got = hmget(LEASES, missing)
  for i = 1, #missing do if got[i] then leases[missing[i]] = cmsgpack.unpack(got[i]) end end
end

local function claimTokens(id)
  if claims[id] == nil then
    local v = call('HGET', CLAIMS, id)
    claims[id] = v and cmsgpack.unpack(v) or {}
  end
  return claims[id]
end

local function endLease(token)
  local id, kept = leases[token][L_CLAIM], {}
  for _, t in ipairs(claimTokens(id)) do if t ~= token then kept[#kept + 1] = t end end
  claims[id] = kept; claimsDirty[id] = true
  leases[token] = false; leasesDirty[token] = true
end

local function holds(token)
  local t = tonumber(token)
  return function(r) return r[ST] == RUNNING and r[AT] == t end
end

-- Writes.

local function put(command, key, list)
  for s = 1, #list, CHUNK do call(command, key, unpack(list, s, math.min(s + CHUNK - 1, #list))) end
end

local function members(changes, scored)
  local add, drop = {}, {}
  for m, v in pairs(changes) do
    if v then add[#add + 1] = scored and num(v) or '0'; add[#add + 1] = m else drop[#drop + 1] = m end
  end
  return add, drop
end

local function fields(changes)
  local set, drop = {}, {}
  for f, v in pairs(changes) do
    if v then set[#set + 1] = f; set[#set + 1] = v else drop[#drop + 1] = f end
  end
  return set, drop
end

-- Where memory is short Redis refuses the first write of a script, if that may need more; the later ones pass, and so does one that can only free.
-- Called before flush() by scripts that bring nothing new with them: jobs that are there must come to their end, or nothing would ever be freed.
local function writeThoughMemoryIsShort() call('HDEL', META, '') end

local function flush()
  local first = layout.writes()
  local changedStates, changedCounts, changedLeases, changedClaims = {}, {}, {}, {}
  for block in pairs(dirty) do changedStates[block] = states[block] and cmsgpack.pack(states[block]) end
  for lane in pairs(counted) do changedCounts[num(lane)] = cmsgpack.pack(counts[lane]) end
  for token in pairs(leasesDirty) do
    changedLeases[token] = leases[token] and cmsgpack.pack(leases[token])
    if not leases[token] then newEnds[token] = false end
  end
  for id in pairs(claimsDirty) do changedClaims[id] = #claims[id] > 0 and cmsgpack.pack(claims[id]) end
  local pageOrder = {}
  for page in pairs(newPages) do
    if pages[page] == '' then newPages[page] = false; pageOrder[page] = false else newPages[page] = pages[page]; pageOrder[page] = true end
  end
  local hashes = {
    {STATES, changedStates}, {BODIES, bodies}, {PAGES, newPages}, {COUNTS, changedCounts}, {LEASES, changedLeases}, {CLAIMS, changedClaims},
    {NOTES, notes}, {UNIQUE, unique}, {HISTORY, history}}
  local zsets = {{READY, ready}, {SUSPECTS, suspects}, {DUE, due, true}, {ENDS, newEnds, true}, {OVER, over}, {ORDER, pageOrder}, {NAMES, newNames}, {ACKS, acks}}
  local writes = {}
  for _, h in ipairs(hashes) do
    if next(h[2]) then
      local set, drop = fields(h[2])
      writes[#writes + 1] = {'hash', 'HSET', h[1], set}
      writes[#writes + 1] = {'hash', 'HDEL', h[1], drop}
    end
  end
  if #newLanes > 0 then writes[#writes + 1] = {'hash', 'HSET', LANES, newLanes} end
  if meta then
    local all = {'pos', num(meta.pos), 'token', num(meta.token)}
    if layout.name ~= 'lists' then all[5] = 'layout'; all[6] = layout.name end
    writes[#writes + 1] = {'hash', 'HSET', META, all}
  end
  for _, z in ipairs(zsets) do
    if next(z[2]) then
      local add, drop = members(z[2], z[3])
      writes[#writes + 1] = {'zset', 'ZADD', z[1], add}
      writes[#writes + 1] = {'zset', 'ZREM', z[1], drop}
    end
  end
  local function check(wanted, key)
    local is = call('TYPE', key).ok
    if is ~= wanted and is ~= 'none' then error('WRONGTYPE ' .. key .. ' is a ' .. is .. ', not a ' .. wanted, 0) end
  end
  for _, w in ipairs(first) do check(w[1], w[2]) end
  for _, w in ipairs(writes) do check(w[1], w[3]) end
  for _, w in ipairs(first) do w[3]() end
  for _, w in ipairs(writes) do put(w[2], w[3], w[4]) end
end
