-- Jobs of a lane that were completed or discarded, in the order of their entries. Writes nothing.
--
-- KEYS   see jobs/shared.lua, and all streams of the lane
-- ARGV   2 lane   3 most jobs   4 most bytes   5 a job to begin with, or ''   6 else the id of an entry, or ms   7 jobs of that entry to pass over
-- reply  {where to go on, 'id of an entry:jobs to pass over', or '' if there is no more, slices}; a slice is
--        {first id, jobs, priority, most attempts, payloads, own payload or ''}
local SOME = 128                                          -- entries of a stream that are looked at
local most, mostBytes, start, skip = tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[6], tonumber(ARGV[7])
loadLanes({ARGV[2]})
local lane = lanes[ARGV[2]]
if ARGV[5] ~= '' then
  local block, at = locate(ARGV[5])
  local s = block and state(block)
  local entry = s and layout.entryOf(s)
  if entry then start = entry; skip = at elseif s then start = num(s[1]) end
end

local found, horizon, blocks = {}, nil, {}
local function isBefore(a, b) return a.ms < b.ms or a.ms == b.ms and a.seq < b.seq end
for k = 20, #KEYS do
  local entries, last = call('XRANGE', KEYS[k], start, '+', 'COUNT', SOME), nil
  for _, e in ipairs(entries) do
    local ms, seq = string.match(e[1], '^(%d+)-(%d+)$')
    last = {id = e[1], ms = tonumber(ms), seq = tonumber(seq), block = e[2][2]}
    found[#found + 1] = last
  end
  if #entries == SOME and (not horizon or isBefore(last, horizon)) then horizon = last end
end
table.sort(found, isBefore)
for i, e in ipairs(found) do blocks[i] = e.block end
load(blocks)

local slices, got, bytes, mark = {}, 0, 0, ''
for _, e in ipairs(found) do
  if horizon and isBefore(horizon, e) then break end
  local s, at = states[e.block], 0
  if s and layout.entryOf(s) == e.id then
    for _, r in ipairs(s[3]) do
      local a = at
      if e.id == start then a = math.max(at, skip) end
      local n = at + r[N] - a
      if n > 0 and (r[ST] == COMPLETED or r[ST] == DISCARDED) and r[LANE] == lane then
        if got == most or bytes >= mostBytes then return {e.id .. ':' .. a, slices} end
        n = math.min(n, most - got)
        loadBodies({e.block})
        local slice = bodySlice(bodyOf[e.block], a, n)
        local own = r[OWN] > 0 and call('HGET', NOTES, ownName(e.block, a)) or ''
        slices[#slices + 1] = {idOf(e.block, a), n, r[PRIO], r[MAXA], slice, own}
        got = got + n
        bytes = bytes + #slice + #own
        if a + n < at + r[N] then return {e.id .. ':' .. (a + n), slices} end
      end
      at = at + r[N]
    end
  end
  mark = e.id .. ':' .. BLOCK_JOBS
end
return {horizon and mark or '', slices}
