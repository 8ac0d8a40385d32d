-- Makes a connection the owner of the child's end.
--
-- KEYS  1 the conversation
-- ARGV  1 its id   2 start of the nodes' channel names   3 node   4 connection
-- Gives "gone" or "ok". The former owner is told when it is another one.
local had = redis.call('HMGET', KEYS[1], 'v', 'n', 'o')
if not had[1] then return 'gone' end
if had[2] == ARGV[3] and had[3] == ARGV[4] then return 'ok' end
redis.call('HSET', KEYS[1], 'n', ARGV[3], 'o', ARGV[4])
if had[2] and had[3] then
  redis.call('PUBLISH', ARGV[2] .. had[2], 'taken-over\31' .. ARGV[1] .. '\31\31' .. had[3])
end
return 'ok'
