-- Where somebody stands in the line. Changes nothing. KEYS as in stay.lua.
--
-- ARGV  1 id
-- Gives "gone" when not in the line, else as place in stay.lua, the positions
--       0 when claimed.
local s = read(ARGV[1])
if not s then return 'gone' end
if redis.call('HEXISTS', claims, ARGV[1]) == 1 then return {0, s.danger, num(s.since), 0} end
return place(ARGV[1], s)
