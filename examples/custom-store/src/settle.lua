-- Ends or extends a lease, if it is the one that holds the letter now.
--
-- ARGV: the letter, the lease, when the letter is due again (empty: never), and the number to add to
-- the lease: one that is given back is held under a lease that nobody has.
local prefix, id = KEYS[1], ARGV[1]
local letter, due = prefix .. 'letter:' .. id, prefix .. 'due'
if redis.call('HGET', letter, 'lease') ~= ARGV[2] then return end
local member = redis.call('HGET', letter, 'number') .. id
if ARGV[3] == '' then
  redis.call('ZREM', due, member)
  redis.call('DEL', letter)
else
  redis.call('ZADD', due, ARGV[3], member)
  redis.call('HINCRBY', letter, 'lease', ARGV[4])
end
