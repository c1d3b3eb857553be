-- A page of the ids in a sorted set, each with its record, as of one moment.
local page = {}
for i, id in ipairs(redis.call('ZRANGE', KEYS[1], unpack(ARGV))) do
  page[i] = { id, redis.call('HGET', KEYS[2], id) }
end
return page
