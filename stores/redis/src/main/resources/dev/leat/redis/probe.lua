-- Which of the commands that the scripts use the user may not run. Each is asked for in a way that can change nothing: rights are looked at first.
--
-- KEYS   all of a space: who may not use one of them is refused before this runs
-- reply  the commands that are forbidden
local asked, key, forbidden = {
  {'TIME'}, {'TYPE'}, {'HGET', ''}, {'HMGET', ''}, {'HSET', '', '', ''}, {'HDEL', ''}, {'HLEN'}, {'ZADD', 'NX', 'XX', 0, ''}, {'ZREM', ''},
  {'ZRANGEBYLEX', '+', '-'}, {'ZREVRANGEBYLEX', '-', '+'}, {'ZRANGEBYSCORE', 1, 0}, {'ZSCORE', ''}, {'ZMSCORE', ''}}, KEYS[1], {}
for _, a in ipairs(asked) do
  local name = table.remove(a, 1)
  local said = name == 'TIME' and redis.pcall(name) or redis.pcall(name, key, unpack(a))
  local err = type(said) == 'table' and said.err
  if err and (string.find(err, 'The user executing the script', 1, true) or string.find(err, 'ACL failure in script', 1, true)) then
    forbidden[#forbidden + 1] = string.lower(name)
  end
end
return forbidden
