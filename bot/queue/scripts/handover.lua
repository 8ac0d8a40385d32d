-- Gives a claim to a colleague, with a new fence. KEYS as in stay.lua.
--
-- ARGV  1 id   2 fence   3 colleague   4 node of the colleague's desk
--       5 lease in ms   6 start of the nodes' channel names
-- Gives "fenced", else {id, fence, until, stay}. The colleague's node is told.
local c, s = claimed(ARGV[1]), read(ARGV[1])
if not c or not s or c.fence ~= ARGV[2] then return 'fenced' end
unclaim(ARGV[1], c)
local fence, till = grant(ARGV[1], ARGV[3], ARGV[4], ARGV[5])
redis.call('PUBLISH', ARGV[6] .. ARGV[4], 'claim\31' .. ARGV[1] .. '\31' .. ARGV[3] .. '\31')
return {ARGV[1], fence, till, show(s, redis.call('ZSCORE', beats, ARGV[1]))}
