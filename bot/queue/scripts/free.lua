-- Takes a claim, and any older one, off its conversation. A claim that comes
-- late with this fence or a lower one is refused from then on.
--
-- KEYS  1 the conversation
-- ARGV  1 its id   2 start of the nodes' channel names   3 fence
-- Gives "gone" or "ok". The child's node and the desk's are told.
local had = redis.call('HMGET', KEYS[1], 't', 'f', 'n', 'd')
if not had[1] then return 'gone' end
local fence = tonumber(ARGV[3])
if fence >= tonumber(had[1]) then redis.call('HSET', KEYS[1], 't', ARGV[3]) end
if had[2] == '0' or tonumber(had[2]) > fence then return 'ok' end
redis.call('HSET', KEYS[1], 'f', '0', 'h', '', 'd', '')
if had[3] then redis.call('PUBLISH', ARGV[2] .. had[3], 'claim\31' .. ARGV[1] .. '\31\31') end
if had[4] and had[4] ~= '' then redis.call('PUBLISH', ARGV[2] .. had[4], 'gone\31' .. ARGV[1] .. '\31\31') end
return 'ok'
