-- Everything in a change, or nothing. A script runs alone, and its writes are one entry of the log
-- on disk, so nobody ever sees half of them. It compares everything before it writes anything,
-- because Redis does not undo what a script did before it failed.
--
-- KEYS[1] begins every key. ARGV is the tenant and six lists of rows; before each stands how many.
local prefix, tenant = KEYS[1], ARGV[1]
local at = 1

local function word()
  at = at + 1
  return ARGV[at]
end

local function rows(act)
  for _ = 1, tonumber(word()) do act() end
end

-- An empty value erases.
local function put(hash, id, value)
  if value == '' then
    redis.call('HDEL', prefix .. hash, id)
  else
    redis.call('HSET', prefix .. hash, id, value)
  end
end

-- In a sorted set whose scores are all alike, ids are in byte order.
local function list(set, id, value)
  if value == '' then
    redis.call('ZREM', prefix .. set, id)
  else
    redis.call('ZADD', prefix .. set, 0, id)
  end
end

local function count(facts, by)
  local counts = prefix .. 'counts:' .. tenant
  if facts and facts ~= '' and redis.call('HINCRBY', counts, facts, by) == 0 then
    redis.call('HDEL', counts, facts)
  end
end

-- What must still be so: the first eight bytes of a record are its version, and none is absence.
local holds = true
rows(function()
  local record = redis.call('HGET', prefix .. word(), word())
  holds = (record and record:sub(1, 8) or '') == word() and holds
end)
if not holds then return 0 end

rows(function()
  local record = word()
  put('tenants', tenant, record)
  list('tenant-ids', tenant, record)
end)

rows(function() put('texts', tenant, word()) end)

rows(function()
  local user, record, facts = word(), word(), word()
  count(redis.call('HGET', prefix .. 'facts:' .. tenant, user), -1)
  count(facts, 1)
  put('facts:' .. tenant, user, facts)
  put('accounts:' .. tenant, user, record)
  list('user-ids:' .. tenant, user, record)
end)

rows(function()
  local id, account, event = word(), word(), word()
  local number = redis.call('INCR', prefix .. 'sequence')
  put('events:' .. tenant, id, event)
  redis.call('ZADD', prefix .. 'log:' .. tenant, number, id)
  if account ~= '' then
    redis.call('ZADD', prefix .. 'history:' .. account .. ':' .. tenant, number, id)
  end
end)

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
rows(function()
  local id, owner, domain, lane, body = word(), word(), word(), word(), word()
  local number = string.format('%016d', redis.call('INCR', prefix .. 'sequence'))
  redis.call('HSET', prefix .. 'letter:' .. id, 'number', number, 'tenant', owner,
    'domain', domain, 'lane', lane, 'body', body)
  redis.call('ZADD', prefix .. 'due', now, number .. id)
end)

return 1
