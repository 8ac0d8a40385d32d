-- What a counsellor holds; the desk may be on another node now. KEYS as in
-- stay.lua.
--
-- ARGV  1 holder   2 node of the desk
-- Gives {id, fence, until, stay, ...}.
local out = {}
local mine = redis.call('ZRANGEBYLEX', desks, '[' .. ARGV[1] .. '\31', '(' .. ARGV[1] .. '\32', 'LIMIT', 0, 100)
for _, member in ipairs(mine) do
  local id = string.match(member, '[^\31]*$')
  local c, s = claimed(id), read(id)
  if c and s then
    redis.call('HSET', claims, id, c.fence .. '\31' .. c.holder .. '\31' .. ARGV[2])
    out[#out + 1] = id
    out[#out + 1] = c.fence
    out[#out + 1] = num(tonumber(redis.call('ZSCORE', leases, id) or '0'))
    out[#out + 1] = show(s, redis.call('ZSCORE', beats, id))
  end
end
return out
