-- Puts a visitor in the line, or keeps the place when there is one; a higher
-- danger moves up. KEYS as in stay.lua.
--
-- ARGV  1 id   2 danger, 0 to 3   3 bucket   4 lang   5 the other labels, sealed
--       6 since in microseconds, 0 for now   7 the line's channel
--       8 came in by the parents' entrance, 0 or 1
-- Gives "taken" when a counsellor has claimed it, else as place in stay.lua.
local id, danger = ARGV[1], tonumber(ARGV[2])
local s = read(id)
local moved = true
if s then
  local c = claimed(id)
  moved = danger > s.danger
  if moved then
    take(id, s, false)
    s.danger = danger
  end
  s.lang, s.rest = ARGV[4], ARGV[5]
  write(id, s)
  if moved and not c and redis.call('ZSCORE', beats, id) then put(id, s) end
  wake(id, s)
  if c then
    told(ARGV[7])
    return 'taken'
  end
else
  local since = tonumber(ARGV[6])
  if since <= now - 86400000000 or since > now then since = now end
  s = {since = since, danger = danger, bucket = ARGV[3], front = '0', lang = ARGV[4], rest = ARGV[5]}
  write(id, s)
  if ARGV[8] == '1' then redis.call('ZADD', parents, '+inf', id) end
  redis.call('ZADD', beats, nowms, id)
  put(id, s)
end
if moved then told(ARGV[7]) end
return place(id, s)
