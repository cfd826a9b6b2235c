-- How many jobs ended longer ago than they are kept. Writes nothing.
--
-- KEYS   see shared.lua
-- ARGV   2 most runs of jobs to look at   3 state   4 how long such jobs are kept in ms   5 the last that was looked at, or ''
-- reply  {the last that was looked at, '' if there are no more, lane, jobs, ...}
local most, st = tonumber(ARGV[2]), ARGV[3]
local before = st .. format('%016.0f', math.max(0, now - tonumber(ARGV[4]) + 1))
local found = call('ZRANGEBYLEX', OVER, ARGV[5] == '' and '[' .. st or '(' .. ARGV[5], '(' .. before, 'LIMIT', 0, most)
local blocks, jobs = {}, {}
for i = 1, #found do blocks[i] = sub(found[i], 24) end
load(blocks)
for i = 1, #found do
  local lane = runAt(states[blocks[i]], tonumber(sub(found[i], 18, 20)))[LANE]
  jobs[lane] = (jobs[lane] or 0) + tonumber(sub(found[i], 21, 23))
end
local out = {#found < most and '' or found[#found]}
for lane, n in pairs(jobs) do out[#out + 1] = laneName(lane); out[#out + 1] = n end
return out
