-- What every script of the line starts with: names for the keys, and the few
-- acts on a stay that they share. A stay is one visitor's time in the line,
-- from joining to its one outcome: ready, away (no socket) or claimed.
--
-- KEYS  1 stays   hash  id: since US danger US bucket US front US lang US rest
--       2 order   zset  ready ids by rank: who is served next stands first
--       3 lanes   zset  every ready stay as bucket:rank:id, for counting and
--                       ordering inside one source bucket
--       4 beats   zset  ids with a socket by last sign of life, ms
--       5 away    zset  ids without one, likewise
--       6 over    hash  buckets that hold too many: times served, when last,
--                       the one id that stands in the order for the bucket
--       7 claims  hash  id: fence US holder US node
--       8 leases  zset  claimed ids by end of lease, ms
--       9 desks   zset  holder US id, for a desk that comes back
--      10 todo    zset  id:fence by ms: steps to do in conversations' slots
--      11 waits   zset  fence:danger:ms waited, of an hour, by moment of claim
--      12 counts  hash  day outcome danger lang: how many
--      13 fences  string the highest fence given
--      14 shred   set   ids whose erasing has begun
--      15 parents zset  stays that came in by the parents' entrance, by the
--                       rank they have in the order, inf when not in it
-- Ranks and since are in microseconds of Redis' own clock; a smaller rank is
-- served first. US is the byte 31.
local stays, order, lanes, beats, away = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local over, claims, leases, desks, todo = KEYS[6], KEYS[7], KEYS[8], KEYS[9], KEYS[10]
local waits, counts, fences, shred, parents = KEYS[11], KEYS[12], KEYS[13], KEYS[14], KEYS[15]

-- How much waiting time a danger is worth: none, concern, urgent, emergency.
-- Who has waited that much longer passes it, so that nobody waits for ever.
local WORTH = {[0] = 0, 900000000, 3600000000, 10800000000}
-- What stands at the front of its class (1) or of the line (2) is worth.
local FRONT = {
  ['0'] = {[0] = 0, 0, 0, 0},
  ['1'] = {[0] = 840000000, 2640000000, 7140000000, 10800000000},
  ['2'] = {[0] = 604800000000, 604800000000, 604800000000, 604800000000},
}
local DANGERS = {[0] = 'none', 'concern', 'urgent', 'emergency'}
local CROWD = 30 -- more than these from one bucket take turns with the others
local CALM = 15  -- so few again stand in the order like anybody else

local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
local nowms = math.floor(now / 1000)

local function num(n) return string.format('%.0f', n) end

local function read(id)
  local kept = redis.call('HGET', stays, id)
  if not kept then return nil end
  local s = {}
  local since, danger
  since, danger, s.bucket, s.front, s.lang, s.rest =
    string.match(kept, '^(%d+)\31(%d)\31([^\31]*)\31(%d)\31([^\31]*)\31(.*)$')
  s.since, s.danger = tonumber(since), tonumber(danger)
  return s
end

local function write(id, s)
  redis.call('HSET', stays, id, num(s.since) .. '\31' .. s.danger .. '\31' .. s.bucket .. '\31'
    .. s.front .. '\31' .. s.lang .. '\31' .. s.rest)
end

local function rank(s) return s.since - WORTH[s.danger] - FRONT[s.front][s.danger] end

local function inlane(id, s) return s.bucket .. ':' .. string.format('%017.0f', rank(s)) .. ':' .. id end

local function crowd(bucket) return redis.call('ZLEXCOUNT', lanes, '[' .. bucket .. ':', '(' .. bucket .. ';') end

local function first(bucket, many)
  return redis.call('ZRANGEBYLEX', lanes, '[' .. bucket .. ':', '(' .. bucket .. ';', 'LIMIT', 0, many)
end

-- enter and quit are all that changes the order.
local function enter(id, place)
  redis.call('ZADD', order, num(place), id)
  redis.call('ZADD', parents, 'XX', num(place), id)
end

local function quit(id)
  redis.call('ZREM', order, id)
  redis.call('ZADD', parents, 'XX', '+inf', id)
end

-- lift puts the first of a crowded bucket into the order, for all of it. Once
-- the bucket has been served it stands behind all who wait already: a turn
-- each, whatever danger it claims, save for a quickly shrinking part of it.
local function lift(bucket)
  local served, last, was = string.match(redis.call('HGET', over, bucket), '^(%d+) (%d+) (.*)$')
  local place, id = string.match(first(bucket, 1)[1] or '', '^[^:]*:(%d+):(.*)$')
  if was ~= '' and was ~= id then quit(was) end
  if id then
    local s = read(id)
    place = tonumber(place)
    if tonumber(served) > 0 and s.front == '0' then
      place = math.max(place, tonumber(last) - WORTH[s.danger] / 4 ^ math.min(tonumber(served), 20))
    end
    enter(id, place)
  end
  redis.call('HSET', over, bucket, served .. ' ' .. last .. ' ' .. (id or ''))
end

-- put makes a stay ready to be served.
local function put(id, s)
  redis.call('ZADD', lanes, 0, inlane(id, s))
  if redis.call('HEXISTS', over, s.bucket) == 1 then return lift(s.bucket) end
  enter(id, rank(s))
  if crowd(s.bucket) <= CROWD then return end
  for _, member in ipairs(first(s.bucket, CROWD + 1)) do
    quit(string.match(member, '[^:]*$'))
  end
  redis.call('HSET', over, s.bucket, '0 0 ')
  lift(s.bucket)
end

-- take makes a stay no longer ready; served says that it was its turn.
local function take(id, s, served)
  quit(id)
  if redis.call('ZREM', lanes, inlane(id, s)) == 0 then return end
  local kept = redis.call('HGET', over, s.bucket)
  if not kept then return end
  local rest = first(s.bucket, CALM + 1)
  if #rest <= CALM then
    for _, member in ipairs(rest) do
      local place, other = string.match(member, '^[^:]*:(%d+):(.*)$')
      enter(other, tonumber(place))
    end
    redis.call('HDEL', over, s.bucket)
    return
  end
  if served then
    local times, _, was = string.match(kept, '^(%d+) (%d+) (.*)$')
    redis.call('HSET', over, s.bucket, (tonumber(times) + 1) .. ' ' .. num(now) .. ' ' .. was)
  end
  lift(s.bucket)
end

-- park takes a stay without a socket out of the order; it keeps its place.
local function park(id, s, last)
  take(id, s, false)
  redis.call('ZREM', beats, id)
  redis.call('ZADD', away, last, id)
end

-- wake notes a sign of life; what was away is ready again.
local function wake(id, s)
  redis.call('ZADD', beats, nowms, id)
  if redis.call('ZREM', away, id) == 1 and redis.call('HEXISTS', claims, id) == 0 then put(id, s) end
end

local function claimed(id)
  local kept = redis.call('HGET', claims, id)
  if not kept then return nil end
  local c = {}
  c.fence, c.holder, c.node = string.match(kept, '^(%d+)\31([^\31]*)\31(.*)$')
  return c
end

-- grant gives a stay to a holder, with a fence higher than any before.
local function grant(id, holder, node, lease)
  local fence = num(math.max(tonumber(redis.call('GET', fences) or '0') + 1, now))
  local till = num(nowms + tonumber(lease))
  redis.call('SET', fences, fence)
  redis.call('HSET', claims, id, fence .. '\31' .. holder .. '\31' .. node)
  redis.call('ZADD', leases, till, id)
  redis.call('ZADD', desks, 0, holder .. '\31' .. id)
  redis.call('ZADD', todo, nowms + 5000, id .. ':' .. fence)
  return fence, till
end

-- unclaim takes a claim off; its conversation is still to be told.
local function unclaim(id, c)
  redis.call('HDEL', claims, id)
  redis.call('ZREM', leases, id)
  redis.call('ZREM', desks, c.holder .. '\31' .. id)
  redis.call('ZADD', todo, nowms + 5000, id .. ':' .. c.fence)
end

-- again puts a claimed stay back, at the front of its class or of the line.
local function again(id, s, c, front)
  unclaim(id, c)
  s.front = front
  write(id, s)
  if redis.call('ZSCORE', beats, id) then put(id, s) end
end

-- close ends a stay with its one outcome.
local function close(id, s, outcome, day)
  take(id, s, false)
  redis.call('HDEL', stays, id)
  redis.call('ZREM', beats, id)
  redis.call('ZREM', away, id)
  redis.call('ZREM', parents, id)
  redis.call('HINCRBY', counts, day .. ' ' .. outcome .. ' ' .. DANGERS[s.danger] .. ' ' .. s.lang, 1)
end

-- position says how many are served before this one, plus one.
local function position(id, s)
  local at = redis.call('ZRANK', order, id)
  if at then return at + 1 end
  local kept = redis.call('HGET', over, s.bucket)
  if kept and redis.call('ZSCORE', lanes, inlane(id, s)) then
    local head = redis.call('ZRANK', order, string.match(kept, '^%d+ %d+ (.*)$')) or 0
    local before = redis.call('ZLEXCOUNT', lanes, '[' .. s.bucket .. ':', '(' .. inlane(id, s))
    local cycle = redis.call('ZCARD', order)
    return math.min(head + 1 + before * cycle, redis.call('ZCARD', lanes))
  end
  return redis.call('ZCOUNT', order, '-inf', '(' .. num(rank(s))) + 1
end

-- place is {position, danger, since, position among those of one's own
-- entrance}: a parent is not told of a line that only a child stands in.
local function place(id, s)
  local all = position(id, s)
  local before = redis.call('ZCOUNT', parents, '-inf', '(' .. (redis.call('ZSCORE', order, id) or num(rank(s))))
  local own = redis.call('ZSCORE', parents, id) and before + 1 or math.max(1, all - before)
  return {all, s.danger, num(s.since), own}
end

local function told(channel) redis.call('PUBLISH', channel, 'line\31\31\31') end

-- show is a stay as it is handed out.
local function show(s, alive)
  return num(s.since) .. '\31' .. s.danger .. '\31' .. s.bucket .. '\31' .. (alive and '1' or '0')
    .. '\31' .. s.lang .. '\31' .. s.rest
end
