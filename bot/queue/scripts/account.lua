-- Makes, enables anew or disables a counsellor's account.
--
-- KEYS  1 accounts: counsellor: since in ms US hash   2 gens: counsellor: number
--       of the enabling; who is not in it is disabled
--       3 number of the last enabling
-- ARGV  1 "add" or "disable"   2 counsellor, folded   3 name as written
--       4 hash of the password
-- Gives "exists", "none" or "ok".
local had = redis.call('HGET', KEYS[1], ARGV[2])
local enabled = redis.call('HEXISTS', KEYS[2], ARGV[2]) == 1
if ARGV[1] == 'disable' then
  if not had then return 'none' end
  redis.call('HDEL', KEYS[2], ARGV[2])
  return 'ok'
end
if had and enabled then return 'exists' end
local clock = redis.call('TIME')
local since = clock[1] .. string.format('%03d', math.floor(tonumber(clock[2]) / 1000))
redis.call('HSET', KEYS[1], ARGV[2], since .. '\31' .. ARGV[3] .. '\31' .. ARGV[4])
redis.call('HSET', KEYS[2], ARGV[2], tostring(redis.call('INCR', KEYS[3])))
return 'ok'
