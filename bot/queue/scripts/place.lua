-- Where somebody stands in the line. Changes nothing. KEYS as in stay.lua.
--
-- ARGV  1 id
-- Gives "gone" when not in the line, else {position, danger,
--       since}, the position 0 when claimed.
local s = read(ARGV[1])
if not s then return 'gone' end
if redis.call('HEXISTS', claims, ARGV[1]) == 1 then return {0, s.danger, num(s.since)} end
return {position(ARGV[1], s), s.danger, num(s.since)}
