-- Reads the entries after a number. Changes nothing that can be seen.
--
-- KEYS  1 the conversation
-- ARGV  1 the number   2 entries kept at most
--       3 "1" where there are replicas: a write, so that the caller can wait
--         until these have what was read
-- Gives "gone", else {key id, wrapped key, number of the first entry given,
--       entry...}; an entry that is no longer kept is "".
local had = redis.call('HMGET', KEYS[1], 's', 'i', 'k')
if not had[1] then return 'gone' end
if ARGV[3] == '1' then redis.call('PEXPIRE', KEYS[1], redis.call('PTTL', KEYS[1])) end
local last = tonumber(had[1])
local first = math.max(tonumber(ARGV[1]) + 1, last - tonumber(ARGV[2]) + 1, 1)
local out = {had[2], had[3], tostring(first)}
for seq = first, last do
  out[#out + 1] = redis.call('HGET', KEYS[1], 'e' .. seq) or ''
end
return out
