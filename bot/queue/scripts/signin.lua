-- Begins a session of an enabled account.
--
-- KEYS  1 the session   2 gens: counsellor: number of the account's enabling
-- ARGV  1 counsellor   2 ms that a session may be idle
-- Gives 1, or 0 when the account is not there or disabled.
local gen = redis.call('HGET', KEYS[2], ARGV[1])
if not gen then return 0 end
local clock = redis.call('TIME')
local born = clock[1] .. string.format('%03d', math.floor(tonumber(clock[2]) / 1000))
redis.call('HSET', KEYS[1], 'name', ARGV[1], 'gen', gen, 'born', born)
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
