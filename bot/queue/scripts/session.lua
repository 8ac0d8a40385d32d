-- Whose session this is, and that it is used now.
--
-- KEYS  1 the session   2 gens: counsellor: number of the account's enabling
-- ARGV  1 ms that a session may be idle   2 ms that it may last at all
-- Gives "" when it is over or the account is disabled, else the counsellor.
local had = redis.call('HMGET', KEYS[1], 'name', 'gen', 'born')
if not had[1] then return '' end
local clock = redis.call('TIME')
local age = tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000) - tonumber(had[3])
if redis.call('HGET', KEYS[2], had[1]) ~= had[2] or age >= tonumber(ARGV[2]) then
  redis.call('DEL', KEYS[1])
  return ''
end
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', math.min(tonumber(ARGV[1]), tonumber(ARGV[2]) - age)))
return had[1]
