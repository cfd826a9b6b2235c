-- Everything that is known of jobs. Writes nothing.
--
-- KEYS   see shared.lua
-- ARGV   2 tenant   3.. ids
-- reply  for each id that the tenant has: {id, lane, state, priority, attempt, most attempts, crashes, created, at, started, worker, lease, payload as a
--        slice of one job, own payload or '', note, history}; a note is '' or its bytes or '!' and a reason that needs none;
--        history is {lease, attempt, how it ended, worker, started, ended, note, ...}
local function note(key)
  if key == 0 then return '' end
  if sub(key, 1, 1) == '!' then return key end
  return call('HGET', NOTES, key) or ''
end

local out, pageNames, blocks, froms = {}, {}, {}, {}
for i = 3, #ARGV do pageNames[#pageNames + 1] = sub(ARGV[i], 1, 14) end
loadPages(pageNames)
local found = {}
for i = 3, #ARGV do
  local block, from = locate(ARGV[i])
  if block then blocks[#blocks + 1] = block; froms[#blocks] = from; found[#blocks] = ARGV[i] end
end
load(blocks)
for i = 1, #blocks do
  local s = states[blocks[i]]
  local r = runAt(s, froms[i])
  local lane = laneName(r[LANE])
  if sub(lane, 1, #ARGV[2] + 1) == ARGV[2] .. '/' then
    loadBodies({blocks[i]})
    local history = {}
    for _, e in ipairs(hmget(HISTORY, entryNames(blocks[i], r[HIST]))) do
      local h = cmsgpack.unpack(e)
      for f = 1, 6 do history[#history + 1] = num(h[f]) end
      history[#history + 1] = note(h[7])
    end
    out[#out + 1] = {
      found[i], lane, r[ST], r[PRIO], r[ATT], r[MAXA], r[CRASH], num(s[1]), num(r[AT]), num(r[START]), r[WRK], num(r[TOK]),
      bodySlice(bodyOf[blocks[i]], froms[i], 1), r[OWN] > 0 and call('HGET', NOTES, ownName(blocks[i], froms[i])) or '', note(r[NOTE]), history}
  end
end
return out
