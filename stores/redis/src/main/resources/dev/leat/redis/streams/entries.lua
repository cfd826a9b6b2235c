-- Layout of streams: a block that becomes available when it is enqueued waits as one entry of the stream of its lane and priority, until the first
-- claim comes to it. Then the entry is pending in the consumer group until all jobs of the block have ended, which acknowledges it. What cannot wait
-- there waits in the sorted set that lists.lua has for all: the rest of a block of which a claim took less, and what is available once more.
--
-- Where a job is its state alone says, and how far a stream was read a cursor beside the counts of its lane. Streams and their group follow from them
-- within the same script; if somebody removes the group, it is made again where it was.
--
-- KEYS   20.. the streams that this call may come to: {prefix:0}:stream:lane:priority. What has to be acknowledged in others is kept in acks, until
--        a call names them.
-- Before this file: GROUP, MOST_SETTLED (how many settled entries of a stream are kept), BLOCK_JOBS

do                                                        -- a script has at most 200 local variables at a time

local EPOCH = 1704067200000
local NAME = sub(META, 1, -5) .. 'stream:'
-- Fields of a block's state: the position that its entry is at, false if it never had one; what has become of the entry; the priority of its stream.
local ENTRY, PHASE, LEVEL = 5, 6, 7
local UNREAD, PENDING, SETTLED = 0, 1, 2
-- Counts of a lane have at LEVELS, by priority + 1: jobs in entries that are unread, the last entry that was read, entries that are settled and
-- kept, acks that wait until the stream is named.
local LEVELS, JOBS, CURSOR, KEPT, OWED = 19, 1, 2, 3, 4

layout.name = 'streams, group ' .. GROUP

local declared = {}
for i = 20, #KEYS do declared[KEYS[i]] = true end

-- Positions grow with the time, so that they are the ids of entries.
nextPosition = function()
  loadMeta()
  meta.pos = math.max(meta.pos + 1, (now - EPOCH) * 4096)
  return meta.pos
end

local function idAt(position)
  local ms = math.floor(position / 4096)
  return num(ms + EPOCH) .. '-' .. num(position - ms * 4096)
end

local streamNames = {}
local function streamOf(lane, prio)
  local n = lane * 10 + prio
  if not streamNames[n] then streamNames[n] = NAME .. laneName(lane) .. ':' .. num(prio) end
  return streamNames[n]
end

local function level(lane, prio)
  if not counts[lane] then loadCounts({lane}) end
  local c = counts[lane]
  if not c[LEVELS] then c[LEVELS] = {} end
  local l = c[LEVELS][prio + 1]
  if not l then l = {0, '', 0, 0}; c[LEVELS][prio + 1] = l end
  return l
end

-- What is to be written to streams, by name: entries to add, how many to read and from where, ids to acknowledge, to remove, to take over.
local added, reads, acked, dropped, taken, takenAt = {}, {}, {}, {}, {}, {}

local function note(of, key, what)
  local list = of[key]
  if not list then list = {}; of[key] = list end
  list[#list + 1] = what
end

function layout.isUnread(s, r) return s[PHASE] == UNREAD and r[AT] == s[ENTRY] and r[ST] == AVAILABLE and r[SUS] == 0 end

function layout.unread(s, jobs)
  local l = level(s[2], s[LEVEL])
  l[JOBS] = l[JOBS] + jobs
end

function layout.enter(block, s, r)
  s[4] = s[4] or false                                    -- a hole would make a longer record
  s[ENTRY] = r[AT]; s[PHASE] = UNREAD; s[LEVEL] = r[PRIO]
  note(added, streamOf(r[LANE], r[PRIO]), {idAt(r[AT]), block})
end

-- An entry is to be acknowledged ('a') or removed ('d'), now or when its stream is named.
local function owe(lane, prio, kind, id)
  local key = streamOf(lane, prio)
  if declared[key] then
    note(kind == 'a' and acked or dropped, key, id)
    return
  end
  acks[format('%06d%d', lane, prio) .. kind .. id] = true
  local l = level(lane, prio)
  l[OWED] = l[OWED] + 1
  counted[lane] = true
end

function layout.tookOver(block)
  local s = states[block]
  if s[PHASE] ~= PENDING then return end
  local key = streamOf(s[2], s[LEVEL])
  if declared[key] then
    note(taken, key, idAt(s[ENTRY]))
    takenAt[key] = level(s[2], s[LEVEL])
  end
end

function layout.forget(s)
  if s[PHASE] == SETTLED and MOST_SETTLED > 0 then owe(s[2], s[LEVEL], 'd', idAt(s[ENTRY])) end
end

local function eachLevel(asked, act)
  for _, lane in ipairs(asked) do
    for at, l in pairs(counts[lane][LEVELS] or {}) do act(lane, at - 1, l) end
  end
end

function layout.undeclared(asked)
  local out = {}
  eachLevel(asked, function(lane, prio, l)
    if (l[JOBS] > 0 or l[OWED] > 0) and not declared[streamOf(lane, prio)] then
      out[#out + 1] = laneName(lane); out[#out + 1] = prio
    end
  end)
  return out
end

function layout.catchUp(asked)
  eachLevel(asked, function(lane, prio, l)
    local key = streamOf(lane, prio)
    if l[OWED] == 0 or not declared[key] then return end
    local p = format('%06d%d', lane, prio)
    local owed = call('ZRANGEBYLEX', ACKS, '[' .. p, '(' .. p .. 'z', 'LIMIT', 0, 1000)
    for _, m in ipairs(owed) do
      local id = sub(m, 9)
      if sub(m, 8, 8) == 'a' then
        note(acked, key, id)
      elseif #call('XRANGE', key, id, id) > 0 then        -- it may have had to go already
        note(dropped, key, id)
        l[KEPT] = l[KEPT] - 1
      end
      acks[m] = false
    end
    l[OWED] = #owed == 0 and 0 or l[OWED] - #owed
    counted[lane] = true
  end)
end

-- Reads an entry: its jobs wait in the sorted set from now on, as far as take does not hand them out at once.
local function open(key, l, id, block, take, room)
  l[CURSOR] = id
  local s, froms, at = states[block], {}, 0
  if not s or s[PHASE] ~= UNREAD or idAt(s[ENTRY]) ~= id then
    note(acked, key, id)                                  -- nobody's, or of jobs that were removed since
    note(dropped, key, id)
    return
  end
  for _, r in ipairs(s[3]) do
    if layout.isUnread(s, r) then froms[#froms + 1] = at; seat(block, at, r, false) end
    at = at + r[N]
  end
  s[PHASE] = PENDING
  dirty[block] = true
  layout.opening = true
  for _, from in ipairs(froms) do seat(block, from, runAt(s, from), true) end
  layout.opening = false
  for _, from in ipairs(froms) do
    if room() > 0 then take(block, from) end
  end
end

-- Has take(block, from) hand out the first jobs of a lane at a priority, while there is room(): from its stream and from the sorted set, whichever
-- became available first.
function layout.claimFrom(lane, prio, take, room)
  loadMeta()                                              -- refuses a place in another layout
  local key, l = streamOf(lane, prio), level(lane, prio)
  local p, step, start = format('%d%06d', prio, lane), 2, nil
  local waiting, of, i = {}, {}, 1
  local more = counts[lane][8 + prio] > l[JOBS]
  local function nextWaiting()
    if i > #waiting and more then
      waiting = call('ZRANGEBYLEX', READY, start or '[' .. p, '(' .. p .. ':', 'LIMIT', 0, step)
      of = blocksOf(waiting, 23)
      i = 1
      more = #waiting == step
      if more then start = '(' .. waiting[#waiting] end
      step = math.min(128, step * 4)
    end
    return waiting[i]
  end

  local entries, blocks, j, some = {}, {}, 1, math.min(8, math.ceil(math.min(room(), l[JOBS]) / BLOCK_JOBS))
  local function nextEntry()
    if j > #entries and l[JOBS] > 0 then
      entries, blocks, j = call('XRANGE', key, l[CURSOR] == '' and '-' or '(' .. l[CURSOR], '+', 'COUNT', some), {}, 1
      if #entries == 0 then error('LEAT entries of ' .. key .. ' are gone, with ' .. num(l[JOBS]) .. ' jobs', 0) end
      for e = 1, #entries do blocks[e] = entries[e][2][2] end
      load(blocks)
      loadBodies(blocks)
      some = math.min(128, some * 4)
    end
    return blocks[j]
  end

  while room() > 0 do
    local member, block = nextWaiting(), nextEntry()
    local s = block and states[block]
    if member and not (s and s[ENTRY] and s[ENTRY] < tonumber(sub(member, 8, 23))) then
      take(of[i], tonumber(sub(member, 24, 26)))
      i = i + 1
    elseif block then
      local from = reads[key] or {l[CURSOR], 0}
      from[2] = from[2] + 1
      reads[key] = from
      counted[lane] = true
      open(key, l, entries[j][1], block, take, room)
      j = j + 1
    else
      return
    end
  end
end

-- The id of the entry that a block has or had in its stream; nil if it never had one.
function layout.entryOf(s) return s[ENTRY] and idAt(s[ENTRY]) end

local function hasEnded(s)
  for _, r in ipairs(s[3]) do
    if r[ST] ~= GONE and r[ST] < COMPLETED then return false end
  end
  return true
end

-- The first entries of a stream that are settled, as many as there are too many, and none that is not.
local function surplus(key, l)
  local wanted, blocks, out = l[KEPT] - MOST_SETTLED, {}, {}
  local found = call('XRANGE', key, '-', l[CURSOR], 'COUNT', math.min(1000, wanted + 64))
  for e = 1, #found do blocks[e] = found[e][2][2] end
  load(blocks)
  for e = 1, #found do
    local s = states[blocks[e]]
    if #out < wanted and not (s and s[ENTRY] and idAt(s[ENTRY]) == found[e][1] and s[PHASE] ~= SETTLED) then out[#out + 1] = found[e][1] end
  end
  return out
end

local function each(key, ids, ...)
  for s = 1, #ids, CHUNK do
    local all = {...}
    for i = s, math.min(s + CHUNK - 1, #ids) do all[#all + 1] = ids[i] end
    call(unpack(all))
  end
end

-- Makes the group if it is not there yet, or not any more, as it was when the stream had been read to an entry.
local function withGroup(key, from, ...)
  local said = redis.pcall(...)
  if not (said and said.err) then return end
  if not string.find(said.err, 'NOGROUP', 1, true) then error(said.err, 0) end
  call('XGROUP', 'CREATE', key, GROUP, from == '' and '0' or from, 'MKSTREAM')
  call(...)
end

function layout.writes()
  local full = {}                                         -- streams that may keep too many settled entries
  for block in pairs(dirty) do
    local s = states[block]
    if s and s[PHASE] == PENDING and hasEnded(s) then
      s[PHASE] = SETTLED
      local lane, prio, id = s[2], s[LEVEL], idAt(s[ENTRY])
      local key, l = streamOf(lane, prio), level(lane, prio)
      owe(lane, prio, 'a', id)
      if MOST_SETTLED == 0 and declared[key] then
        note(dropped, key, id)
      else
        l[KEPT] = l[KEPT] + 1
        counted[lane] = true
        if MOST_SETTLED == 0 then owe(lane, prio, 'd', id) elseif declared[key] then full[key] = l end
      end
    end
  end
  for key, l in pairs(full) do
    if l[KEPT] > MOST_SETTLED then
      for _, id in ipairs(surplus(key, l)) do note(dropped, key, id); l[KEPT] = l[KEPT] - 1 end
    end
  end

  local consumer, out = 'worker-' .. (ARGV[5] or ''), {}  -- only a claim reads and takes over
  local function write(key, act) out[#out + 1] = {'stream', key, act} end
  for key, list in pairs(added) do
    write(key, function()
      for _, e in ipairs(list) do call('XADD', key, e[1], 'block', e[2]) end
    end)
  end
  for key, from in pairs(reads) do
    write(key, function() withGroup(key, from[1], 'XREADGROUP', 'GROUP', GROUP, consumer, 'COUNT', from[2], 'STREAMS', key, '>') end)
  end
  for key, of in pairs(taken) do
    write(key, function() withGroup(key, takenAt[key][CURSOR], 'XCLAIM', key, GROUP, consumer, 0, unpack(of)) end)
  end
  for key, ids in pairs(acked) do write(key, function() each(key, ids, 'XACK', key, GROUP) end) end
  for key, ids in pairs(dropped) do write(key, function() each(key, ids, 'XDEL', key) end) end
  return out
end

end
