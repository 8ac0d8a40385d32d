-- Stores the first turn of a conversation.
--
-- KEYS  1 the conversation
-- ARGV  1 field of the message id ("m" and the id; "m" alone: none)
--       2 ms to live   3 kept, 0 or 1   4 id of the conversation's key
--       5 the wrapped key   6 the sealed state, "" for none
--       7... the entries, each "from US id US sealed"
-- Gives {"again", version, seq, kept, key id, wrapped key, first, entry...} when the
--       message is known, "stale" when there is another conversation of this
--       id, else "version seq at kept".
local key = KEYS[1]
local had = redis.call('HMGET', key, 'v', 's', 'p', 'i', 'k', ARGV[1])
if had[1] then
  if not had[6] then return 'stale' end
  local first, last = string.match(had[6], '^(%d+) (%d+)$')
  local out = {'again', had[1], had[2], had[3], had[4], had[5], first}
  for seq = tonumber(first), tonumber(last) do
    out[#out + 1] = redis.call('HGET', key, 'e' .. seq) or ''
  end
  return out
end

local clock = redis.call('TIME')
local at = clock[1] .. string.format('%03d', math.floor(tonumber(clock[2]) / 1000))
local message = string.sub(ARGV[1], 2)
local set = {'HSET', key, 'v', '1', 's', tostring(#ARGV - 6), 'f', '0', 't', '0', 'p', ARGV[3],
  'i', ARGV[4], 'k', ARGV[5], 'b', at}
if ARGV[6] ~= '' then
  set[#set + 1] = 'z'
  set[#set + 1] = ARGV[6]
end
for i = 7, #ARGV do
  set[#set + 1] = 'e' .. (i - 6)
  set[#set + 1] = at .. '\31' .. message .. '\31' .. ARGV[i]
end
if message ~= '' and #ARGV > 6 then
  set[#set + 1] = ARGV[1]
  set[#set + 1] = '1 ' .. (#ARGV - 6)
end
redis.call(unpack(set))
redis.call('PEXPIRE', key, ARGV[2])
return '1 ' .. (#ARGV - 6) .. ' ' .. at .. ' ' .. ARGV[3]
