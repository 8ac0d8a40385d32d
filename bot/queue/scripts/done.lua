-- Strikes off a step that is done in a conversation's own slot.
--
-- KEYS  1 the steps (todo of stay.lua)
-- ARGV  1 "id:fence"
redis.call('ZREM', KEYS[1], ARGV[1])
return 'ok'
