-- Gives one waiting visitor to a counsellor. KEYS as in stay.lua.
--
-- ARGV  1 id, "" for the next   2 holder   3 node   4 lease in ms
--       5 ms without a sign of life after which nobody is offered
--       6 the line's channel
-- Gives "nobody", "taken", "gone" (not in the line, or no socket), "again"
--       (many had no socket: call again), else {id, fence, until, stay}.
local id, holder = ARGV[1], ARGV[2]

-- Leases that ran out come first: those visitors have waited before.
for _, lost in ipairs(redis.call('ZRANGEBYSCORE', leases, '-inf', nowms, 'LIMIT', 0, 10)) do
  local s, c = read(lost), claimed(lost)
  if s and c then again(lost, s, c, '2') else redis.call('ZREM', leases, lost) end
end

local function alive(who)
  local last = tonumber(redis.call('ZSCORE', beats, who) or '0')
  return last >= nowms - tonumber(ARGV[5]), last
end

local s
if id ~= '' then
  s = read(id)
  if not s then return 'gone' end
  local c = claimed(id)
  if c and c.holder ~= holder then return 'taken' end
  if c then
    local till = num(nowms + tonumber(ARGV[4]))
    redis.call('ZADD', leases, till, id)
    redis.call('HSET', claims, id, c.fence .. '\31' .. holder .. '\31' .. ARGV[3])
    return {id, c.fence, till, show(s, alive(id))}
  end
  local lives, last = alive(id)
  if not lives then
    if last > 0 then park(id, s, last) end
    return 'gone'
  end
else
  for _ = 1, 64 do
    id = redis.call('ZRANGE', order, 0, 0)[1]
    if not id then return 'nobody' end
    s = read(id)
    local lives, last = alive(id)
    if s and lives then break end
    if s then park(id, s, last) else quit(id) end
    s = nil
  end
  if not s then return 'again' end
end

take(id, s, true)
local fence, till = grant(id, holder, ARGV[3], ARGV[4])
if s.front == '0' then
  redis.call('ZADD', waits, nowms, fence .. ':' .. s.danger .. ':' .. num((now - s.since) / 1000))
end
told(ARGV[6])
return {id, fence, till, show(s, true)}
