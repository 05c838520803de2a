-- SPDX-License-Identifier: BSD-3-Clause
-- How the prompt shows values.
--
-- Whatever is shown reads the same the next time: tables are sorted, nothing prints its
-- address.  What fits is one line; a long string of bytes is a dump, a list of extents a
-- table.

local WIDTH, TEXT_MAX, BYTES_MAX, ENTRIES_MAX, DEPTH_MAX = 78, 256, 64, 256, 8
local concat, floor, format, mtype, pairs = table.concat, math.floor, string.format, math.type, pairs
local getmetatable, rawget, rawlen, select, tostring, type = getmetatable, rawget, rawlen, select, tostring, type
local sort, rep = table.sort, string.rep

local escapes = { ["\n"] = "\\n", ["\t"] = "\\t", ["\r"] = "\\r", ['"'] = '\\"', ["\\"] = "\\\\" }

local function escape(c)
    return escapes[c] or format("\\x%02x", c:byte())
end

local function quote(s)
    return '"' .. s:gsub('[%c"\\\x80-\xff]', escape) .. '"'
end

local function dump_line(s, offset)
    local bytes = {}
    for i = 1, 16 do
        local b = s:byte(offset + i)
        bytes[i] = (b and format(" %02x", b) or "   ") .. (i == 8 and " " or "")
    end
    return format("%08x %s  |%s|", offset, concat(bytes),
                  (s:sub(offset + 1, offset + 16):gsub("[^ -~]", ".")))
end

-- Sixteen bytes a line; lines like the one above are folded into one `*`.
local function hexdump(s)
    local lines, folded = {}, false
    for offset = 0, #s - 1, 16 do
        local same = offset > 0 and offset + 16 <= #s and
            s:sub(offset + 1, offset + 16) == s:sub(offset - 15, offset)
        if not same then
            lines[#lines + 1] = dump_line(s, offset)
        elseif not folded then
            lines[#lines + 1] = "*"
        end
        folded = same
    end
    lines[#lines + 1] = format("%08x", #s)
    return concat(lines, "\n")
end

local function show_string(s)
    if #s <= BYTES_MAX or (#s <= TEXT_MAX and not s:find("[^ -~]")) then return quote(s) end
    return hexdump(s)
end

-- Extents: a list of {offset=, length=, type=}.

local function is_extent(e)
    if type(e) ~= "table" or rawlen(e) > 0 then return false end
    local n = 0
    for _ in pairs(e) do n = n + 1 end
    return n == 3 and mtype(e.offset) == "integer" and mtype(e.length) == "integer" and
        mtype(e.type) == "integer"
end

local function is_extents(t)
    if #t == 0 or #t > ENTRIES_MAX then return false end
    local n = 0
    for _, e in pairs(t) do
        n = n + 1
        if not is_extent(e) then return false end
    end
    return n == #t
end

local words = { [0] = "data", "hole", "zero", "hole,zero" }

local function show_extents(t, context)
    local named = not context or context == "base:allocation"
    local wide_offset, wide_length = #"offset", #"length"
    for _, e in ipairs(t) do
        wide_offset = math.max(wide_offset, #tostring(e.offset))
        wide_length = math.max(wide_length, #tostring(e.length))
    end
    local line = "%" .. wide_offset .. "s  %" .. wide_length .. "s  %s"
    local lines = { format(line, "offset", "length", "type") }
    for _, e in ipairs(t) do
        lines[#lines + 1] = format(line, e.offset, e.length, named and words[e.type] or e.type)
    end
    return concat(lines, "\n")
end

-- Tables

local show_value

local function show_key(k, depth, seen)
    if type(k) == "string" and k:find("^[%a_][%w_]*$") then return k end
    return "[" .. (type(k) == "string" and quote(k) or show_value(k, depth, seen)) .. "]"
end

local order = { number = 1, string = 2 }

local function before(a, b)
    local ta, tb = type(a), type(b)
    if ta == tb and order[ta] then return a < b end
    if ta ~= tb then return (order[ta] or 3) < (order[tb] or 3) end
    return tostring(a) < tostring(b)
end

-- The entries as texts, and whether each is a single line.
local function entries(t, depth, seen)
    local list, flat, keys = {}, true, {}
    local n = rawlen(t)
    local function add(key, value, k)
        local text = show_value(value, depth + 1, seen, k)
        if text:find("\n") then
            flat = false
            if key and text:sub(1, 1) ~= "{" then text = "\n" .. text:gsub("[^\n]+", "  %0") end
        end
        list[#list + 1] = not key and text or key .. (text:sub(1, 1) == "\n" and " =" or " = ") .. text
    end
    for i = 1, n do
        if i > ENTRIES_MAX then break end
        add(nil, rawget(t, i))
    end
    for k in pairs(t) do
        if mtype(k) ~= "integer" or k < 1 or k > n then keys[#keys + 1] = k end
    end
    sort(keys, before)
    for i, k in ipairs(keys) do
        if i > ENTRIES_MAX then break end
        add(show_key(k, depth + 1, seen), rawget(t, k), k)
    end
    local more = n + #keys - #list
    if more > 0 then list[#list + 1] = "and " .. more .. " more" end
    return list, flat
end

local function show_table(t, depth, seen, context)
    if seen[t] then return "{ itself }" end
    if depth > DEPTH_MAX then return "{ deeper }" end
    if is_extents(t) then return show_extents(t, context) end
    seen[t] = true
    local list, flat = entries(t, depth, seen)
    seen[t] = nil
    if #list == 0 then return "{}" end
    local line = "{ " .. concat(list, ", ") .. " }"
    if flat and #line <= WIDTH - 2 * depth then return line end
    return "{\n" .. concat(list, "\n"):gsub("[^\n]+", "  %0") .. "\n}"
end

function show_value(v, depth, seen, context)
    local kind = type(v)
    local meta = getmetatable(v)
    if kind == "string" then return show_string(v) end
    if type(meta) == "table" and rawget(meta, "__tostring") then
        return (tostring(v):gsub(" %(0x%x+%)$", "")) -- of a file
    end
    if kind == "table" then return show_table(v, depth, seen, context) end
    if kind == "userdata" and type(meta) == "table" and type(meta.__name) == "string" then
        return meta.__name
    end
    if kind == "number" or kind == "boolean" or kind == "nil" then return tostring(v) end
    return kind
end

-- The text of all values, a line or more for each; a lonely nil is not worth one.
local function show(...)
    local n, list = select("#", ...), {}
    if n == 0 or (n == 1 and ... == nil) then return "" end
    for i = 1, n do
        local text = show_value((select(i, ...)), 0, {})
        list[i] = text == "" and "" or text .. "\n"
    end
    return concat(list)
end

-- An error that is neither a string nor has a text of its own.
local function show_error(e)
    return type(e) == "table" and show_table(e, 0, {}):gsub("%s+", " ") or type(e)
end

return { show = show, show_value = function(v) return show_value(v, 0, {}) end,  show_error = show_error, hexdump = function(s) io.write(hexdump(s), "\n") end }
