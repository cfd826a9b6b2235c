-- Makes all changes or none.
--
-- KEYS   see shared.lua
-- ARGV   2 role of the leader who writes, or ''   3 its node   4 its epoch   then for each change
--        'p' put, space/name, expected version, value | 'd' delete, space/name, expected version, '' | 'a' append, journal, '', entry
-- reply  {'W' written, version or 0} | {'D' deposed} | {'C' conflict, change counted from 0, version of the record}
local CHANGE = 4
checkTypes()
if ARGV[2] ~= '' and not isCurrent(ARGV[2], ARGV[3], ARGV[4]) then return {'D'} end

local changesRecords, addsSome = false, false
for a = 5, #ARGV, CHANGE do
  if ARGV[a] ~= 'a' then
    local known = call('HGET', RECORDS, ARGV[a + 1])
    local version = known and string.match(known, '^%d+') or '0'
    if version ~= ARGV[a + 2] then return {'C', (a - 5) / CHANGE, version} end
    changesRecords = true
  end
  if ARGV[a] == 'a' or ARGV[a + 2] == '0' then addsSome = true end
end

local version = 0
if changesRecords then version = following(tonumber(call('HGET', META, 'version') or '0')) end

local sequences = {}
local function nextSequence(journal)
  if not sequences[journal] then
    local last = call('ZREVRANGEBYLEX', JOURNALS, '(' .. journal .. '0', '[' .. journal .. '/', 'LIMIT', 0, 1)[1]
    sequences[journal] = last and tonumber(sub(last, #journal + 2, #journal + 17)) or 0
  end
  sequences[journal] = following(sequences[journal])
  return sequences[journal]
end

local entries = {}
for a = 5, #ARGV, CHANGE do
  if ARGV[a] == 'a' then entries[a] = format('%s/%016.0f:%.0f:', ARGV[a + 1], nextSequence(ARGV[a + 1]), now) .. ARGV[a + 3] end
end

if not addsSome then writeThoughMemoryIsShort() end
for a = 5, #ARGV, CHANGE do
  local verb, key = ARGV[a], ARGV[a + 1]
  if verb == 'a' then
    call('ZADD', JOURNALS, 0, entries[a])
  else
    if verb == 'p' then
      call('HSET', RECORDS, key, num(version) .. ':' .. ARGV[a + 3])
      call('ZADD', NAMES, 0, key)
    else
      call('HDEL', RECORDS, key)
      call('ZREM', NAMES, key)
    end
    call('HSET', REVISIONS, string.match(key, '^[^/]*'), num(version))
  end
end
if changesRecords then call('HSET', META, 'version', num(version)) end
return {'W', num(version)}
