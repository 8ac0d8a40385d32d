-- Signs of life of many sockets. KEYS as in stay.lua.
--
-- ARGV  1... ids
-- Gives the ids among them that have no stay.
local out = {}
redis.call('SREM', shred, '') -- as in renew.lua: a full Redis must not end a wait
for _, id in ipairs(ARGV) do
  if redis.call('ZADD', beats, 'XX', 'CH', nowms, id) == 0 then
    local s = read(id)
    if s then wake(id, s) else out[#out + 1] = id end
  end
end
return out
