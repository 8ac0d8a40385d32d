-- Steps that somebody began in the line and did not finish in the
-- conversations' own slots. Changes nothing. KEYS as in stay.lua.
--
-- ARGV  1 how many at most
-- Gives {id, fence, holder, node, ...}; holder is "" when that claim is over.
local out = {}
for _, member in ipairs(redis.call('ZRANGEBYSCORE', todo, '-inf', nowms, 'LIMIT', 0, ARGV[1])) do
  local id, fence = string.match(member, '^([^:]*):(%d+)$')
  local c = claimed(id)
  local holds = c and c.fence == fence
  out[#out + 1] = id
  out[#out + 1] = fence
  out[#out + 1] = holds and c.holder or ''
  out[#out + 1] = holds and c.node or ''
end
return out
