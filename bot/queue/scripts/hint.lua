-- Passes a hint on to who holds the ends of a conversation.
--
-- KEYS  1 the conversation
-- ARGV  1 start of the nodes' channel names   2 the hint as it is sent
--       3 "1" when the desk hears it as well
-- Gives how many nodes it was sent to.
local had = redis.call('HMGET', KEYS[1], 'n', 'd')
local sent = 0
if had[1] and had[1] ~= '' then
  redis.call('PUBLISH', ARGV[1] .. had[1], ARGV[2])
  sent = 1
end
if ARGV[3] == '1' and had[2] and had[2] ~= '' and had[2] ~= had[1] then
  redis.call('PUBLISH', ARGV[1] .. had[2], ARGV[2])
  sent = sent + 1
end
return sent
