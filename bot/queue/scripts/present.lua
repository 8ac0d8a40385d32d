-- The counsellors who are there, and the waits of the last hour.
--
-- KEYS  1 duty   2 where   3 waits
-- ARGV  1 ms after which a silent desk counts as gone   2 waits at most
-- Gives {n, holder, node US away, ... n times, waits in the hour, ms since the
--       first of them, danger and newest wait in ms, ...}.
local clock = redis.call('TIME')
local nowms = tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
local there = redis.call('ZRANGEBYSCORE', KEYS[1], nowms - tonumber(ARGV[1]), '+inf', 'LIMIT', 0, 500)
local out = {tostring(#there)}
for _, holder in ipairs(there) do
  out[#out + 1] = holder
  out[#out + 1] = redis.call('HGET', KEYS[2], holder) or ''
end
local from = nowms - 3600000
out[#out + 1] = tostring(redis.call('ZCOUNT', KEYS[3], from, '+inf'))
local oldest = redis.call('ZRANGEBYSCORE', KEYS[3], from, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
out[#out + 1] = oldest[2] and string.format('%.0f', nowms - tonumber(oldest[2])) or '0'
for _, member in ipairs(redis.call('ZREVRANGEBYSCORE', KEYS[3], '+inf', from, 'LIMIT', 0, ARGV[2])) do
  out[#out + 1] = string.match(member, ':(%d):%d+$') or '0' -- an older version of ours notes none
  out[#out + 1] = string.match(member, '%d+$')
end
return out
