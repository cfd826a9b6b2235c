-- Stores new jobs, all of the call or none.
--
-- KEYS   see shared.lua
-- ARGV   2.. for each block of jobs with contiguous ids on one page that are alike:
--        first id, jobs, lane, priority, most attempts, due ('0' now, '+ms' from now, '@ms' then), unique key ('' or 'window in ms or 0:text'), body
--        No id stands twice in a call; a block with a unique key has one job.
-- reply  {conflicts, lanes in which jobs are available now}
--        conflicts: none if all were stored; else nothing was, and {block, job, 'D' duplicate | 'C' clash | 'H' held, holder, ...} of those that stood
--        in the way, blocks and jobs counted from 0
local BLOCK = 8
local names, wanted = {}, {}
for a = 2, #ARGV, BLOCK do
  names[#names + 1] = sub(ARGV[a], 1, 14)
  wanted[#wanted + 1] = ARGV[a + 2]
end
loadPages(names)
loadLanes(wanted)

-- Which ids of a page are known: by place, the range's entry in the page.
local taken = {}
local function takenOf(page)
  local t = taken[page]
  if t then return t end
  t = {}
  local p = pages[page]
  for k = 1, #p, 4 do
    local first, more = byte(p, k, k + 1)
    for at = first, first + more do t[at] = k end
  end
  taken[page] = t
  return t
end

local before = {}                                         -- the pages as they were
for page, p in pairs(pages) do before[page] = p end

local conflicts = {}
local function conflict(block, job, what, holder)
  conflicts[#conflicts + 1] = block; conflicts[#conflicts + 1] = job; conflicts[#conflicts + 1] = what; conflicts[#conflicts + 1] = holder
end

local function same(block, at, lane, body, i)
  loadBodies({block})
  local known = bodyOf[block]
  return laneName(state(block)[2]) == lane and bodyMeta(known, at) == bodyMeta(body, i) and bodyBytes(known, at, 1) == bodyBytes(body, i, 1)
end

local function holder(field)
  local v = call('HGET', UNIQUE, field)
  if not v then return nil end
  local id, till = string.match(v, '^(%x+):(%d+)$')
  if tonumber(till) > 0 then return tonumber(till) > now and id or nil end
  local block, at = locate(id)
  local r = block and runAt(state(block), at)
  return r and r[ST] >= SCHEDULED and r[ST] <= RETRYABLE and id or nil
end

local takenKeys = {}                                      -- keys that jobs of this call take
for a = 2, #ARGV, BLOCK do
  local b = (a - 2) / BLOCK
  local page, first = place(ARGV[a])
  local n, lane, body = tonumber(ARGV[a + 1]), ARGV[a + 2], ARGV[a + 7]
  local known, p = false, before[page]
  if p ~= '' then
    local t = takenOf(page)
    for i = 0, n - 1 do
      local k = t[first + i]
      if k then
        known = true
        local _, _, of, generation = byte(p, k, k + 3)
        conflict(b, i, same(blockName(page, of, generation), first + i - of, lane, body, i) and 'D' or 'C', '')
      end
    end
  end
  if not known and ARGV[a + 6] ~= '' then
    local text = string.match(ARGV[a + 6], '^%d+:(.*)$')
    local key = lane .. ':' .. text
    local id = takenKeys[key] or (lanes[lane] and holder(num(lanes[lane]) .. ':' .. text))
    if id then conflict(b, 0, 'H', id) else takenKeys[key] = ARGV[a] end
  end
end
if #conflicts > 0 then return {conflicts, {}} end

local told, available = {}, {}

for a = 2, #ARGV, BLOCK do
  local page, first = place(ARGV[a])
  local n, lane, prio, most, wait = tonumber(ARGV[a + 1]), intern(ARGV[a + 2]), tonumber(ARGV[a + 3]), tonumber(ARGV[a + 4]), ARGV[a + 5]
  local p, generation = pages[page], 0
  for k = 1, #p, 4 do
    local _, _, of, g = byte(p, k, k + 3)
    if of == first and g >= generation then generation = g + 1 end
  end
  if generation > 255 then error('LEAT ids of page ' .. page .. ' were removed and came again too often', 0) end
  pages[page] = p .. char(first, n - 1, first, generation)
  newPages[page] = true
  local block = blockName(page, first, generation)
  local at = 0
  if sub(wait, 1, 1) == '+' then at = now + tonumber(sub(wait, 2)) elseif sub(wait, 1, 1) == '@' then at = tonumber(sub(wait, 2)) end
  local st = AVAILABLE
  if at > now then
    st = SCHEDULED
  else
    at = nextPosition()
    if not told[lane] then told[lane] = true; available[#available + 1] = ARGV[a + 2] end
  end
  local r = {n, st, lane, prio, 0, 0, 0, at, 0, -1, 0, {}, 0, 0, most, 0}
  local s = {now, lane, {r}}
  if ARGV[a + 6] ~= '' then
    local window, text = string.match(ARGV[a + 6], '^(%d+):(.*)$')
    local field = num(lane) .. ':' .. text
    local till = 0
    if window ~= '0' then
      till = now + tonumber(window)
      over[format('9%016.0f', till) .. field] = true
    end
    unique[field] = ARGV[a] .. ':' .. num(till)
    s[4] = field
  end
  states[block] = s
  dirty[block] = true
  if st == AVAILABLE then layout.enter(block, s, r) end
  bodies[block] = ARGV[a + 7]
  seat(block, 0, r, true)
end
flush()
return {{}, available}
