-- Writes a claim of the line into its conversation. Only a higher fence is
-- accepted; the same one again only moves the desk to another node.
--
-- KEYS  1 the conversation
-- ARGV  1 its id   2 start of the nodes' channel names
--       3 fence   4 holder   5 node of the holder's desk
-- Gives "gone", "fenced" or "ok". The child's node is told.
local had = redis.call('HMGET', KEYS[1], 't', 'f', 'n')
if not had[1] then return 'gone' end
if tonumber(ARGV[3]) < tonumber(had[1]) then return 'fenced' end
if tonumber(ARGV[3]) == tonumber(had[1]) and had[2] ~= ARGV[3] then return 'fenced' end
redis.call('HSET', KEYS[1], 't', ARGV[3], 'f', ARGV[3], 'h', ARGV[4], 'd', ARGV[5])
if had[2] ~= ARGV[3] and had[3] then
  redis.call('PUBLISH', ARGV[2] .. had[3], 'claim\31' .. ARGV[1] .. '\31' .. ARGV[4] .. '\31')
end
return 'ok'
