-- Changes single jobs by hand.
--
-- KEYS   see shared.lua
-- ARGV   2 tenant   3 verb: cancel, retry, reschedule, reprioritise, move, payload
--        4 what the verb needs: due ('0' now, '+ms', '@ms'), priority, queue, bytes of the payload behind its content type   5 most attempts   6.. ids
-- reply  for each id {'D' done, lane, state} or {'A' not allowed, state} or {'N' not found}
local verb, value, mostAttempts, out = ARGV[3], ARGV[4], tonumber(ARGV[5]), {}

local waits = {[SCHEDULED] = true, [AVAILABLE] = true, [RETRYABLE] = true}
local words = {[SCHEDULED] = 'scheduled', [AVAILABLE] = 'available', [RETRYABLE] = 'retryable'}

local function behind(r) if r[ST] == AVAILABLE then r[AT] = nextPosition() end end

-- Whether the verb may be used on a job, and what it then does to it, if anything.
local verbs = {}

function verbs.cancel(r)
  if not waits[r[ST]] then return false end
  return true, function(x)
    x[NOTE] = '!cancel:' .. words[x[ST]]; x[BY] = 0; x[ST] = CANCELLED; x[AT] = now
  end
end

function verbs.retry(r, block, from)
  if r[ST] == AVAILABLE then return true end
  if r[ST] == RUNNING or r[ST] == COMPLETED or r[ATT] >= mostAttempts then return false end
  return true, function(x)
    if x[BY] > 0 then remember(block, from, x, x[BY], x[NOTE], x[AT]) end
    x[BY] = 0; x[NOTE] = 0; x[CRASH] = 0; x[SUS] = 0
    x[MAXA] = math.max(x[MAXA], x[ATT] + 1)
    x[ST] = AVAILABLE; x[AT] = nextPosition()
  end
end

function verbs.reschedule(r)
  if not waits[r[ST]] then return false end
  local at = now
  if sub(value, 1, 1) == '+' then at = now + tonumber(sub(value, 2)) elseif sub(value, 1, 1) == '@' then at = tonumber(sub(value, 2)) end
  if at <= now and r[ST] == AVAILABLE then return true end
  return true, function(x)
    x[SUS] = 0
    if at > now then x[ST] = SCHEDULED; x[AT] = at else x[ST] = AVAILABLE; x[AT] = nextPosition() end
  end
end

function verbs.reprioritise(r)
  if not waits[r[ST]] then return false end
  if r[PRIO] == tonumber(value) then return true end
  return true, function(x) x[PRIO] = tonumber(value); behind(x) end
end

function verbs.move(r)
  if not waits[r[ST]] then return false end
  local tenant, queue, kind = string.match(laneName(r[LANE]), '^([^/]*)/([^/]*)/([^/]*)$')
  if queue == value then return true end
  local to = intern(tenant .. '/' .. value .. '/' .. kind)
  return true, function(x) x[LANE] = to; behind(x) end
end

function verbs.payload(r, block, from)
  if not waits[r[ST]] then return false end
  return true, function(x)
    x[OWN] = #value
    notes[ownName(block, from)] = value
  end
end

for i = 6, #ARGV do
  local id = ARGV[i]
  local block, from = locate(id)
  local r = block and runAt(state(block), from)
  if not r or sub(laneName(r[LANE]), 1, #ARGV[2] + 1) ~= ARGV[2] .. '/' then
    out[#out + 1] = {'N'}
  else
    local allowed, act = verbs[verb](r, block, from)
    if not allowed then
      out[#out + 1] = {'A', r[ST]}
    else
      if act then change(block, from, 1, anyRun, act) end
      r = runAt(state(block), from)
      out[#out + 1] = {'D', laneName(r[LANE]), r[ST]}
    end
  end
end
if verb ~= 'payload' then writeThoughMemoryIsShort() end
flush()
return out
