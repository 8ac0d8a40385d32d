-- Keeps the record of words to come back with.
--
-- KEYS  1 the record
-- ARGV  1 the sealed token   2 ms to live
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
