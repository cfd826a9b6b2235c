-- Layout of lists: all available jobs that are no suspects wait in one sorted set, by priority, lane and position.

-- Has take(block, from) hand out the first jobs of a lane at a priority, while there is room().
function layout.claimFrom(lane, prio, take, room)
  loadMeta()                                              -- refuses a place in another layout
  local p, step, start = format('%d%06d', prio, lane), 2, nil
  local stop = '(' .. p .. ':'
  while room() > 0 do
    local found = call('ZRANGEBYLEX', READY, start or '[' .. p, stop, 'LIMIT', 0, step)
    local of = blocksOf(found, 23)
    for i = 1, #found do
      if room() == 0 or not take(of[i], tonumber(sub(found[i], 24, 26))) then return end
    end
    if #found < step then return end
    start = '(' .. found[#found]
    step = math.min(128, step * 4)
  end
end

