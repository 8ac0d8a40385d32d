-- The line in the order of serving. Changes nothing. KEYS as in stay.lua.
--
-- ARGV  1 how many at most   2 ms after which a silent socket counts as gone
-- Gives {id, stay, ...}: who is ready, then the rest of crowded buckets, then
--       who is away.
local most, silent = tonumber(ARGV[1]), nowms - tonumber(ARGV[2])
local out, seen = {}, {}
local function add(id)
  local s = read(id)
  if seen[id] or not s or #out >= 2 * most then return end
  seen[id] = true
  out[#out + 1] = id
  out[#out + 1] = show(s, tonumber(redis.call('ZSCORE', beats, id) or '0') >= silent)
end
for _, id in ipairs(redis.call('ZRANGE', order, 0, most - 1)) do add(id) end
if #out < 2 * most then
  for _, bucket in ipairs(redis.call('HKEYS', over)) do
    for _, member in ipairs(first(bucket, most)) do add(string.match(member, '[^:]*$')) end
  end
end
if #out < 2 * most then
  for _, id in ipairs(redis.call('ZRANGE', away, 0, most - 1)) do
    if redis.call('HEXISTS', claims, id) == 0 then add(id) end
  end
end
return out
