-- Gives a claim back to the line or ends it. KEYS as in stay.lua.
--
-- ARGV  1 id   2 fence   3 outcome, or "line" for back to the line
--       4 day   5 the line's channel
-- Gives "fenced" or "ok".
local c, s = claimed(ARGV[1]), read(ARGV[1])
if not c or not s or c.fence ~= ARGV[2] then return 'fenced' end
if ARGV[3] == 'line' then
  again(ARGV[1], s, c, '1')
else
  unclaim(ARGV[1], c)
  close(ARGV[1], s, ARGV[3], ARGV[4])
end
told(ARGV[5])
return 'ok'
