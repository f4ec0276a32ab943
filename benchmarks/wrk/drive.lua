-- Posts one document again and again, with fresh values in it, and takes nothing but answers without errors.
--
-- The environment says what to post. BODY: the request's body, in which $user stands for the id of somebody, $number
-- for a number, $account for the number of somebody who may sign in, and $token for a refresh token that nobody has
-- used. USERS: how many users there are. BEARERS: access tokens, one of which goes with each request, or nothing. TOKENS: refresh tokens, more than there
-- are connections. EXPECTED: what stands in every good answer, near its end. SEED: where random values begin. FROM:
-- "anywhere", and each request names another network that it comes from, for who trusts such headers.

local users = tonumber(os.getenv("USERS"))
local expected = os.getenv("EXPECTED")
local tokens = {}
local pieces = {}
local heads = {}
local from_anywhere = os.getenv("FROM") == "anywhere"

failed, example = 0, ""

local ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

local function base64url(text)
  local written = {}
  for at = 1, #text, 3 do
    local one, two, three = text:byte(at, at + 2)
    local bits = one * 65536 + (two or 0) * 256 + (three or 0)
    local sextets = three and 4 or two and 3 or 2
    for place = 1, sextets do
      local sextet = math.floor(bits / 64 ^ (4 - place)) % 64 + 1
      written[#written + 1] = ALPHABET:sub(sextet, sextet)
    end
  end
  return table.concat(written)
end

local values = {
  ["$user"] = function() return base64url("User:" .. math.random(users)) end,
  ["$number"] = function() return tostring(math.random(users)) end,
  ["$account"] = function() return tostring(math.random(0, users / 50 - 1) * 50 + 1) end,
  ["$token"] = function() return table.remove(tokens, 1) end,
}

function init()
  math.randomseed(tonumber(os.getenv("SEED")))
  local head = "POST " .. wrk.path .. " HTTP/1.1\r\nHost: " .. wrk.host .. ":" .. wrk.port .. "\r\n"
    .. "Content-Type: application/json\r\nAccept: application/json\r\n"
  for bearer in os.getenv("BEARERS"):gmatch("%S+") do
    heads[#heads + 1] = head .. "Authorization: Bearer " .. bearer .. "\r\nContent-Length: "
  end
  if #heads == 0 then heads[1] = head .. "Content-Length: " end
  for token in os.getenv("TOKENS"):gmatch("%S+") do tokens[#tokens + 1] = token end
  -- Even pieces are as they come, odd ones are named values.
  local rest = os.getenv("BODY")
  while true do
    local from, to = rest:find("%$%l+")
    while from and not values[rest:sub(from, to)] do from, to = rest:find("%$%l+", to + 1) end
    if not from then break end
    pieces[#pieces + 1] = rest:sub(1, from - 1)
    pieces[#pieces + 1] = values[rest:sub(from, to)]
    rest = rest:sub(to + 1)
  end
  pieces[#pieces + 1] = rest
end

function request()
  local body = pieces[1]
  for at = 2, #pieces, 2 do body = body .. pieces[at]() .. pieces[at + 1] end
  local head = heads[math.random(#heads)]
  if not from_anywhere then return head .. #body .. "\r\n\r\n" .. body end
  local from = string.format("%d.%d.%d.%d", math.random(223), math.random(254), math.random(254), math.random(254))
  return head .. #body .. "\r\nX-Forwarded-For: " .. from .. "\r\n\r\n" .. body
end

local function is_good(status, body)
  -- Errors stand before or after the data.
  local ends = #body < 2000 and body or body:sub(1, 300) .. body:sub(-500)
  local first = ends:find('"errors":', 1, true)
  local refused = first and ends:sub(first + 9, first + 10) ~= "[]"
  return status == 200 and not refused and ends:find(expected, 1, true)
end

function response(status, _, body)
  if not is_good(status, body) then
    failed = failed + 1
    example = status .. " " .. body:sub(1, 300)
  elseif #tokens > 0 or expected == '"refreshToken":' then
    tokens[#tokens + 1] = body:match('"refreshToken":%s*"([^"]+)"')
  end
end

local threads = {}

function setup(thread) threads[#threads + 1] = thread end

function done(summary, latency)
  for _, thread in ipairs(threads) do
    failed = failed + thread:get("failed")
    if thread:get("example") ~= "" then example = thread:get("example") end
  end
  local broken = summary.errors
  failed = failed + broken.connect + broken.read + broken.write + broken.timeout
  print(string.format("measured\t%d\t%d\t%d\t%d\t%d\t%s", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), failed, example:gsub("%s+", " ")))
end
