-- Puts another epoch in the place of one that has lost state, once.
--
-- KEYS  1 the first probe
-- ARGV  1 its value as the finder of the loss knows it   2 the new one
-- Gives 1, or 0 when somebody else was first.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1
