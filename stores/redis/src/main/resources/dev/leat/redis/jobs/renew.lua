-- Makes leases end one lease duration from now.
--
-- KEYS   see shared.lua
-- ARGV   2 lease in ms   3.. leases
-- reply  for each lease 1 if it holds jobs, else 0
local till, out, asked = now + tonumber(ARGV[2]), {}, {}
for i = 3, #ARGV do asked[i - 2] = ARGV[i] end
for s = 1, #asked, CHUNK do
  local e = math.min(s + CHUNK - 1, #asked)
  local ends = call('ZMSCORE', ENDS, unpack(asked, s, e))
  for i = s, e do
    out[i] = ends[i - s + 1] and 1 or 0
    if out[i] == 1 then newEnds[asked[i]] = till end
  end
end
writeThoughMemoryIsShort()
flush()
return out
