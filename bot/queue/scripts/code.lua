-- Notes which words lead to a conversation.
--
-- KEYS  1 the conversation
-- ARGV  1 name of the words' record
-- Gives "gone", else the name that was noted before, "" for none.
local had = redis.call('HMGET', KEYS[1], 'v', 'c')
if not had[1] then return 'gone' end
redis.call('HSET', KEYS[1], 'c', ARGV[1])
return had[2] or ''
