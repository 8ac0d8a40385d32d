-- Notes that a conversation is erased. KEYS as in stay.lua.
--
-- ARGV  1 id   2 outcome to count, "" for none: that of a conversation that
--       had no stay in the line   3 day
-- Gives 1 when it was still noted as being erased.
local was = redis.call('SREM', shred, ARGV[1])
if ARGV[2] ~= '' then
  redis.call('HINCRBY', counts, ARGV[3] .. ' ' .. ARGV[2] .. ' - -', 1)
end
return was
