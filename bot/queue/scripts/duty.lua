-- Notes that a counsellor's desk is there.
--
-- KEYS  1 duty: holders by last sign of life, ms   2 where: holder: node US away
-- ARGV  1 holder   2 node   3 "1" when away for a moment, "-" when gone
--       4 ms after which a silent desk is forgotten
local clock = redis.call('TIME')
local nowms = tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
if ARGV[3] == '-' then
  redis.call('ZREM', KEYS[1], ARGV[1])
  redis.call('HDEL', KEYS[2], ARGV[1])
else
  redis.call('ZADD', KEYS[1], nowms, ARGV[1])
  redis.call('HSET', KEYS[2], ARGV[1], ARGV[2] .. '\31' .. ARGV[3])
end
for _, gone in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', nowms - tonumber(ARGV[4]), 'LIMIT', 0, 20)) do
  redis.call('ZREM', KEYS[1], gone)
  redis.call('HDEL', KEYS[2], gone)
end
return 'ok'
