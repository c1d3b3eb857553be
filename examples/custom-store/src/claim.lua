-- Holds letters that are due, oldest first: in the sorted set `due`, whose members begin with the
-- number of the letter, so that what became due at one moment is in the order of the commits.
--
-- ARGV: how many, for how long, as of when (empty: now), of which lane (empty: of any), and whose
-- letters are passed over.
local prefix, due = KEYS[1], KEYS[1] .. 'due'
local limit, lease, now, lane = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local passed_over = {}
for i = 5, #ARGV do passed_over[ARGV[i]] = true end

local function letter_of(member)
  return prefix .. 'letter:' .. member:sub(17)
end

local function takes(member)
  local letter = redis.call('HMGET', letter_of(member), 'tenant', 'domain', 'lane')
  return not passed_over['tenant ' .. (letter[1] or '')]
    and not passed_over['domain ' .. (letter[2] or '')]
    and (lane == '' or lane == letter[3])
end

-- In the order in which they are due, and no further than to the first that is not held.
local held, further, rank = {}, nil, 0
repeat
  local page = redis.call('ZRANGE', due, rank, rank + 99, 'WITHSCORES')
  for i = 1, #page, 2 do
    local at = tonumber(page[i + 1])
    if not further and takes(page[i]) then
      if #held < limit and at <= now then held[#held + 1] = page[i] else further = at end
    end
  end
  rank = rank + 100
until further or #page == 0

local claimed = {}
for i, member in ipairs(held) do
  local letter = letter_of(member)
  redis.call('ZADD', due, now + lease, member)
  claimed[i] = {
    redis.call('HINCRBY', letter, 'attempts', 1),
    redis.call('HINCRBY', letter, 'lease', 1),
    redis.call('HGET', letter, 'body'),
  }
  further = math.min(further or math.huge, now + lease)
end
return { now, further or false, claimed }
