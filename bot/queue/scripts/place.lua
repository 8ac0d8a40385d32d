-- Where somebody stands in the line. Changes nothing. KEYS as in stay.lua.
--
-- ARGV  1 id
-- Gives "gone" when not in the line, 0 when claimed, else the position.
local s = read(ARGV[1])
if not s then return 'gone' end
if redis.call('HEXISTS', claims, ARGV[1]) == 1 then return 0 end
return position(ARGV[1], s)
