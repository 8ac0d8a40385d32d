-- Puts right what time has undone. KEYS as in stay.lua.
--
-- ARGV  1 ms without a sign of life after which nobody is offered
--       2 ms away after which a stay ends   3 day   4 the line's channel
-- Gives {id, fence, holder, stay, ...} of the leases that ran out.
local out = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', leases, '-inf', nowms, 'LIMIT', 0, 100)) do
  local s, c = read(id), claimed(id)
  if s and c then
    again(id, s, c, '2')
    out[#out + 1] = id
    out[#out + 1] = c.fence
    out[#out + 1] = c.holder
    out[#out + 1] = show(s, redis.call('ZSCORE', beats, id))
  else
    redis.call('ZREM', leases, id)
  end
end
local silent = redis.call('ZRANGEBYSCORE', beats, '-inf', '(' .. (nowms - tonumber(ARGV[1])), 'LIMIT', 0, 200)
for _, id in ipairs(silent) do
  local s = read(id)
  if s then park(id, s, redis.call('ZSCORE', beats, id)) else redis.call('ZREM', beats, id) end
end
local ended = 0
for _, id in ipairs(redis.call('ZRANGEBYSCORE', away, '-inf', nowms - tonumber(ARGV[2]), 'LIMIT', 0, 100)) do
  local s = read(id)
  if not s then
    redis.call('ZREM', away, id)
  elseif redis.call('HEXISTS', claims, id) == 1 then
    redis.call('ZADD', away, nowms, id)
  else
    close(id, s, 'expired-and-told', ARGV[3])
    ended = ended + 1
  end
end
redis.call('ZREMRANGEBYSCORE', waits, '-inf', nowms - 3600000)
if #out + #silent + ended > 0 then told(ARGV[4]) end
return out
