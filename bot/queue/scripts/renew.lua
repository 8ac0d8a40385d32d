-- Holds on to a claim. KEYS as in stay.lua.
--
-- ARGV  1 id   2 fence   3 lease in ms
-- Gives "fenced", else {until, stay}.
local c, s = claimed(ARGV[1]), read(ARGV[1])
if not c or not s or c.fence ~= ARGV[2] then return 'fenced' end
-- A full Redis refuses what takes memory, unless the script has already begun
-- to write: nobody may lose a counsellor over that.
redis.call('SREM', shred, '')
local till = num(nowms + tonumber(ARGV[3]))
redis.call('ZADD', leases, till, ARGV[1])
return {till, show(s, redis.call('ZSCORE', beats, ARGV[1]))}
