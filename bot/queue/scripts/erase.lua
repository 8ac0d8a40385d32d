-- Erases a conversation.
--
-- KEYS  1 the conversation
-- ARGV  1 its id   2 start of the nodes' channel names
-- Gives 1 when there was one, else 0. Both ends are told.
local had = redis.call('HMGET', KEYS[1], 'v', 'n', 'd')
if not had[1] then return 0 end
redis.call('DEL', KEYS[1])
local told = 'forgotten\31' .. ARGV[1] .. '\31\31'
if had[2] then redis.call('PUBLISH', ARGV[2] .. had[2], told) end
if had[3] and had[3] ~= '' and had[3] ~= had[2] then redis.call('PUBLISH', ARGV[2] .. had[3], told) end
return 1
