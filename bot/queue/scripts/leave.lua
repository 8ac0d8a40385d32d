-- Ends somebody's stay, waiting or claimed. KEYS as in stay.lua.
--
-- ARGV  1 id   2 outcome   3 day   4 the line's channel
--       5 "1" when the conversation is to be erased as well
-- Gives {fence of the claim it ended or 0, 1 when there was a stay}.
local id = ARGV[1]
-- A full Redis refuses what takes memory, unless the script has already begun
-- to write: erasing must always work.
redis.call('SREM', shred, id)
if ARGV[5] == '1' then redis.call('SADD', shred, id) end
local s = read(id)
if not s then return {'0', '0'} end
local c = claimed(id)
if c then unclaim(id, c) end
close(id, s, ARGV[2], ARGV[3])
told(ARGV[4])
return {c and c.fence or '0', '1'}
