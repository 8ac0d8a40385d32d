-- Stores one turn: entries, state and the message id together, or nothing.
--
-- KEYS  1 the conversation
-- ARGV  1 its id   2 start of the nodes' channel names
--       3 field of the message id ("m" and the id; "m" alone: none)
--       4 version that the turn was worked out from, -1 for any
--       5 fence of the writing counsellor, 0 for child and bot
--       6 id of the key that sealed this   7 kept, 0 or 1
--       8 ms to live when not kept   9 when kept   10 entries to keep at most
--       11 the newly wrapped key, "" to leave it
--       12 the sealed state, "" to leave it
--       13 the highest number that the writer knows to be stored
--       14 1 when its life must be prolonged, 0 when that was done just before
--       15... the entries, each "from US id US sealed"
-- Gives "gone", "rekey" (sealed with another conversation's key), "lost" (the
--       writer has seen more than is here), "fenced" or "stale"; {"again", version, seq, kept, first, entry...} when the message is
--       known; else "version seq at kept".
local key = KEYS[1]
local had = redis.call('HMGET', key, 'v', 's', 'f', 'p', 'i', 'n', 'd', ARGV[3])
if not had[1] then return 'gone' end
if had[5] ~= ARGV[6] then return 'rekey' end
local kept = ARGV[7]
if had[4] == '1' then kept = '1' end
local life = ARGV[8]
if kept == '1' then life = ARGV[9] end

if had[8] then
  if had[4] ~= '1' then life = ARGV[8] end
  -- A write, so that the caller can wait for a replica to have it all.
  redis.call('PEXPIRE', key, life)
  local first, last = string.match(had[8], '^(%d+) (%d+)$')
  local out = {'again', had[1], had[2], had[4], first}
  for seq = tonumber(first), tonumber(last) do
    out[#out + 1] = redis.call('HGET', key, 'e' .. seq) or ''
  end
  return out
end
if tonumber(ARGV[13]) > tonumber(had[2]) or tonumber(ARGV[4]) > tonumber(had[1]) then return 'lost' end
if ARGV[5] ~= '0' and ARGV[5] ~= had[3] then return 'fenced' end
if ARGV[4] ~= '-1' and ARGV[4] ~= had[1] then return 'stale' end

local clock = redis.call('TIME')
local at = clock[1] .. string.format('%03d', math.floor(tonumber(clock[2]) / 1000))
local message = string.sub(ARGV[3], 2)
local before, version = tonumber(had[2]), had[1]
local seq = before
local set, n = {'HSET', key}, 2
local function put(field, value)
  set[n + 1], set[n + 2] = field, value
  n = n + 2
end
if kept ~= had[4] then put('p', kept) end
for i = 15, #ARGV do
  seq = seq + 1
  put('e' .. seq, at .. '\31' .. message .. '\31' .. ARGV[i])
end
if seq > before then
  put('s', tostring(seq))
  if message ~= '' then put(ARGV[3], (before + 1) .. ' ' .. seq) end
end
if ARGV[12] ~= '' then
  version = tostring(tonumber(version) + 1)
  put('v', version)
  put('z', ARGV[12])
end
-- A key wrapped for the short class must not replace one of the long class.
if ARGV[11] ~= '' and kept == ARGV[7] then put('k', ARGV[11]) end
if n > 2 then redis.call(unpack(set)) end
-- A second command makes a transaction of the two in the file and on the way to
-- the replicas, so it is left out where it would change nothing.
if ARGV[14] == '1' or kept ~= had[4] then redis.call('PEXPIRE', key, life) end

-- What is older than the newest entries goes, with its message ids.
local most = tonumber(ARGV[10])
local drop = {}
for old = math.max(1, before - most + 1), seq - most do drop[#drop + 1] = 'e' .. old end
if #drop > 0 then
  for _, entry in ipairs(redis.call('HMGET', key, unpack(drop))) do
    if entry then drop[#drop + 1] = 'm' .. string.match(entry, '^%d+\31([^\31]*)\31') end
  end
  redis.call('HDEL', key, unpack(drop))
end

-- Only a held conversation has somebody at the other end to tell.
if had[3] ~= '0' and seq > before then
  local to = had[7]
  if ARGV[5] ~= '0' then to = had[6] end
  if to and to ~= '' then redis.call('PUBLISH', ARGV[2] .. to, 'log\31' .. ARGV[1] .. '\31\31') end
end
return version .. ' ' .. seq .. ' ' .. at .. ' ' .. kept
