-- As probe.lua, for the commands that only streams need.
--
-- KEYS   all of a space
-- reply  the commands that are forbidden
local key, forbidden = KEYS[1], {}
local asked = {
  {'XADD', key, 'x', '', ''}, {'XRANGE', key, '-', '+', 'COUNT', 1}, {'XREADGROUP', 'GROUP', 'x', 'x', 'COUNT', 1, 'STREAMS', key .. ':x', '>'},
  {'XGROUP', 'CREATE', key .. ':x', 'x', '$'}, {'XCLAIM', key .. ':x', 'x', 'x', 0, '0-1'}, {'XACK', key, 'x', '0-1'}, {'XDEL', key, '0-1'}}
for _, a in ipairs(asked) do
  local said = redis.pcall(unpack(a))
  local err = type(said) == 'table' and said.err
  if err and (string.find(err, 'The user executing the script', 1, true) or string.find(err, 'ACL failure in script', 1, true)) then
    forbidden[#forbidden + 1] = string.lower(a[1])
  end
end
return forbidden
