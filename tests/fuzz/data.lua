-- SPDX-License-Identifier: BSD-3-Clause
-- Fuzzes the language of the data plugin, inside of it:
--   echo 'seconds = 600 dofile "tests/fuzz/data.lua"' |
--     stele repl plugins/data.lua data=0 2>/dev/null
-- Half of the texts are made together with the bytes that they mean, which must come out.
-- The others are such texts with mistakes put in: each is a disk that can be read, or one
-- error that names a place.  No mistake can make a script or an unknown file of it.

local seed = seed or os.time()
math.randomseed(seed)
local random = math.random
local limit = 3000 -- bytes of a disk

local function number(n)
    local forms = { "%d", "0x%x", "0%o", "(%d)", "( %d + 0 )", "(%d*1)", "(1 + %d - 1)", "v%d" }
    local form = forms[random(n < 10 and #forms or #forms - 1)]
    return form:format(n)
end

local function constant(n) return ({ "%d", "0x%x", "0%o", "0X%X" })[random(4)]:format(n) end

local function blank()
    return ({ " ", "  ", "\n", "\t", " # a comment ( \" \\\n" })[random(100) > 95 and random(5) or 1]
end

local names_to_give = { "n-1", "n-2", "3", "depth", "names", "outer", "plan" }

local group

local function string_item()
    local bytes, text = {}, {}
    for i = 1, random(0, 6) do
        local c = string.char(random(0, 255))
        bytes[i] = c
        text[i] = c:match("[%w ]") or ("\\x%02x"):format(c:byte())
    end
    return '"' .. table.concat(text) .. '"', table.concat(bytes)
end

local function word()
    local bytes, n = ({ 2, 4, 8 })[random(3)], random(0, 65535)
    local order = random(2) == 1 and "le" or "be"
    return ("%s%d:%s"):format(order, bytes * 8, number(n)),
        ((order == "le" and "<I" or ">I") .. bytes):pack(n)
end

local function primary(names, depth)
    local kind = random(depth > 0 and 9 or 6)
    if kind <= 2 then
        local n = random(10) > 1 and random(0, 255) or random(0, 9)
        return n < 10 and random(2) == 1 and "$v" .. n or constant(n), string.char(n)
    elseif kind == 3 then
        return string_item()
    elseif kind == 4 then
        return word()
    elseif kind == 5 and #names > 0 then
        local name = names[random(#names)]
        return "\\" .. name, names[name]
    elseif kind == 6 then
        local n = random(0, 4)
        return ("<fuzzed[:%d]"):format(n), ("0123456789"):sub(1, n)
    end
    local text, bytes = group(names, depth - 1)
    return "(" .. text .. ")", bytes
end

local function item(names, depth)
    local text, bytes = primary(names, depth)
    for _ = 1, random(3) == 1 and random(2) or 0 do
        if random(2) == 1 then
            local n = random(0, 12)
            if n * #bytes > limit then n = 1 end
            text, bytes = ("%s*%s"):format(text, number(n)), bytes:rep(n)
        else
            local from = random(0, #bytes)
            local to = random(from, #bytes)
            text, bytes = ("%s[%s:%s]"):format(text, number(from), number(to)), bytes:sub(from + 1, to)
        end
    end
    return text, bytes
end

-- What one move makes of an offset.
local function move(at)
    local kind, n = random(4), random(0, 40)
    if kind == 1 then return "@" .. number(n), n end
    if kind == 2 then return "@+" .. number(n), at + n end
    if kind == 3 then
        n = random(0, at)
        return "@-" .. number(n), at - n
    end
    n = n + 1
    return "@^" .. number(n), (at + n - 1) // n * n
end

-- LIST and known bytes of names; those of the groups around are known too.
function group(outer, depth)
    local names = setmetatable({}, { __index = outer })
    for i, name in ipairs(outer) do names[i] = name end
    local text, bytes, at = {}, "", 0
    for _ = 1, random(0, 7) do
        local t, b
        if random(5) == 1 then
            t, at = move(at)
            bytes = bytes .. ("\0"):rep(at - #bytes)
        else
            t, b = item(names, depth)
            if #bytes + #b > limit then break end
            if random(6) == 1 then
                local name = names_to_give[random(#names_to_give)]
                t = t .. " -> \\" .. name
                if not rawget(names, name) then names[#names + 1] = name end
                names[name] = b
            else
                bytes = bytes:sub(1, at) .. b .. bytes:sub(at + #b + 1)
                at = at + #b
            end
        end
        text[#text + 1] = t .. blank()
    end
    return " " .. table.concat(text), bytes
end

local pieces = { "(", ")", "*", "[", "]", ":", "->", "\\", "$", "@", "@^", "@-", "le16:", "be64:", '"',
    "0x", "9223372036854775807", "18446744073709551616", "<<", ">>", "%", "-1", "$v1", "v2", "\\n-1",
    "#", "base64:", "\0", "\255", "\\x", "4E", "/", "((((((((" }

local function spoil(text)
    for _ = 1, random(4) do
        local at, last = random(#text + 1), random(3)
        local piece = random(3) > 1 and pieces[random(#pieces)] or text:sub(random(#text), -random(#text))
        text = text:sub(1, at - 1) .. piece:sub(1, 200) .. text:sub(at + last - 1)
    end
    text = (" " .. text):gsub("([^<])<%(", "%1(") -- no scripts
    return (text:gsub("<[^%s*%[)]+", "<fuzzed"))
end

local function check_read(text, bytes)
    local n = disk:get_size()
    if bytes then
        assert(n == #bytes, "the size")
        assert(n == 0 or disk:pread(n, 0) == bytes, "the bytes")
    end
    for _ = 1, n > 0 and 3 or 0 do
        local from = random(0, n - 1)
        local count = math.min(random(5000), n - from)
        local read = disk:pread(count, from)
        assert(#read == count)
        for _, e in ipairs(disk:extents(count, from)) do
            local part = read:sub(e.offset - from + 1, e.offset - from + e.length)
            assert(e.type & stele.ZERO == 0 or not part:find("[^\0]"), "not zero")
        end
    end
end

local function try(text, bytes)
    stele.config.data = text
    local made, message = pcall(get_ready)
    if made then
        check_read(text, bytes)
    elseif bytes or not tostring(message):match("^%S+: line %d+, column %d+: [^\n]+$") then
        error(tostring(message), 0)
    end
    return made
end

local file = assert(io.open("fuzzed", "w"))
file:write("0123456789")
file:close()
for i = 0, 9 do config("v" .. i, tostring(i)) end

local stop, count, disks = os.time() + (seconds or 10), 0, 0
repeat
    local text, bytes = group({}, 4)
    if random(50) == 1 then -- more than are matched at once
        text, bytes = "(" .. text .. ")" .. (" 1*1"):rep(2000), bytes .. ("\1"):rep(2000)
    end
    local spoiled = random(2) == 1
    if spoiled then text, bytes = spoil(text), nil end
    local fine, result = pcall(try, text, bytes)
    if not fine then
        print(("seed %d, text %d: %s\n%s"):format(seed, count, tostring(result), text))
        os.remove("fuzzed")
        error("the fuzzer has found something", 0)
    end
    count, disks = count + 1, disks + (result and 1 or 0)
    if count % 1000 == 0 then collectgarbage() end
until os.time() >= stop
os.remove("fuzzed")
print(("seed %d: %d texts, %d disks"):format(seed, count, disks))
