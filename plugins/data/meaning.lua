-- SPDX-License-Identifier: BSD-3-Clause
-- data.meaning: from the tree of a text to the value that it means.
-- Files and scripts are opened here, when they are used; nothing of what they hold is looked
-- at, except that a short stream becomes a literal.

local numbers = require "data.numbers"

local amount = numbers.amount
local inline = 64 << 10 -- bytes of a stream that are kept as a literal
local evaluate

-- What is read here is a name from a scope of this DEPTH, or else may change: the text of a
-- variable that lies deeper does not mean the same everywhere.
local function note_change(source, depth)
    while source.outer and depth <= source.depth do
        source.changes = true
        source = source.outer
    end
end

-- From outside ----------------------------------------------------------------------------
-- Until it is opened it is not a value but { open = }, which no value has: a part that is
-- wanted from its beginning is all that is read of what has no end.

-- The device, and whether it is a file that is read where it is needed.
local function open_file(thing, most)
    local path = stele.absolute_path(thing.text)
    local found, device = pcall(stele.file, { path = path, readonly = true })
    if found then return device, true end
    if stele.errno_name(device) ~= "EINVAL" then error(device) end
    return stele.spool { path = path, size = most }, false
end

local function open_script(thing, most) return stele.spool { thing.text, size = most }, false end

local function from_outside(open, what)
    return function(source, thing, scope)
        local function take(most)
            local device, lasting = open(thing, most)
            local size, plan = device:get_size(), scope.plan
            if not lasting then
                note_change(source, 0)
                if size <= inline then return device:pread(size, 0) end
            end
            return plan:cut(plan:device(device, what .. thing.text), 0, math.min(most or size, size))
        end
        return { open = function(most)
            local taken, value = pcall(take, most)
            if not taken then source:fail(thing.at, "%s", tostring(value)) end
            return value
        end }
    end
end

local function opened(value) return value.open and value.open() or value end

-- Items -----------------------------------------------------------------------------------

local sixes = {}
for i = 1, 64 do
    sixes[("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"):byte(i)] = i - 1
end

-- The value of TEXT, which is base64.
local function decode(source, at, text)
    local body = text:gsub("%s", ""):match("^([%w+/]*)=?=?$")
    if not body or #body % 4 == 1 then source:fail(at, "this is not base64") end
    local bytes = {}
    for i = 1, #body, 4 do
        local a, b, c, d = body:byte(i, i + 3)
        local n = sixes[a] << 18 | sixes[b] << 12 | (sixes[c] or 0) << 6 | (sixes[d] or 0)
        bytes[#bytes + 1] = (">I3"):pack(n):sub(1, d and 3 or c and 2 or 1)
    end
    return table.concat(bytes)
end

local kinds = {
    file = from_outside(open_file, "<"),
    script = from_outside(open_script, "<("),
    string = function(_, thing) return thing.text end,
    base64 = function(source, thing) return decode(source, thing.at, thing.text) end,
}

function kinds.byte(source, thing)
    local n = numbers.calculate(source, thing.value)
    if n > 255 then source:fail(thing.at, "%d is not a byte, from 0 to 255", n) end
    return string.char(n)
end

function kinds.word(source, thing)
    local bits, value = tonumber(thing.bits), thing.value
    local unsigned = bits == 64 and type(value) == "table" and value.digits
    local n = (unsigned and numbers.constant or numbers.calculate)(source, value)
    if bits < 64 and n >> bits ~= 0 and (n >= 0 or n < -1 << (bits - 1)) then
        source:fail(thing.at, "%d has more than %d bits", n, bits)
    end
    n = bits < 64 and n & (1 << bits) - 1 or n
    return ((thing.order == "le" and "<I" or ">I") .. bits // 8):pack(n)
end

function kinds.group(source, thing, scope) return evaluate(source, thing.items, scope) end

function kinds.variable(source, thing, scope)
    local known, name = source.values, thing.text
    if known[name] then return known[name] end
    local inner = source:variable(name, thing.at, scope.depth)
    local value = evaluate(inner, inner:items(), scope)
    known[name] = not inner.changes and value or nil
    return value
end

function kinds.name(source, thing, scope)
    repeat
        local value = scope.names[thing.text]
        if value then
            note_change(source, scope.depth)
            return value
        end
        scope = scope.outer
    until not scope
    source:fail(thing.at, "\\%s has not been given a value before", thing.text)
end

-- What follows an item --------------------------------------------------------------------

local function repeated(source, value, postfix, plan)
    local n = amount(source, postfix.times)
    if n == 0 then return "" end
    value = opened(value)
    if #value == 0 then return "" end -- which Lua would not repeat any faster than bytes
    if n > math.maxinteger // #value then
        source:fail(postfix.at, "%d times %d bytes are more than 2^63-1", n, #value)
    end
    return n == 1 and value or plan:times(value, n)
end

local function sliced(source, value, postfix, plan)
    local from, to = amount(source, postfix.from, 0), amount(source, postfix.to)
    if to and from > to then
        source:fail(postfix.at, "this part begins at %d and ends at %d", from, to)
    end
    local whole = value.open and value.open(to) or value
    if value.open and from == 0 and to then to = math.min(to, #whole) end
    if from > #whole or (to or 0) > #whole then
        source:fail(postfix.at, "this part ends at %d, but there are %d bytes", to or from, #whole)
    end
    return plan:cut(whole, from, to or #whole)
end

local function evaluate_thing(source, thing, scope)
    local plan, value = scope.plan, kinds[thing.kind](source, thing, scope)
    for _, postfix in ipairs(thing) do
        value = (postfix.times and repeated or sliced)(source, value, postfix, plan)
    end
    value = opened(value)
    if not thing.names then return value end
    for _, name in ipairs(thing.names) do scope.names[name] = value end
    return ""
end

-- Groups ----------------------------------------------------------------------------------

-- Where a move leads from AT.
local function moved(source, place, move, at)
    local n = amount(source, move.to)
    if move.move == "" then return n end
    if move.move == "-" then
        if n > at then source:fail(place, "%d bytes back from %d is before the beginning", n, at) end
        return at - n
    end
    if move.move == "^" then
        if n == 0 then source:fail(place, "nothing is aligned to 0") end
        n = -at % n
    end
    if n > math.maxinteger - at then source:fail(place, "this is past 2^63-1") end
    return at + n
end

-- The value of a group's ITEMS, places and what stands there in turn.  A group has offsets
-- and names of its own.
function evaluate(source, items, outer)
    local plan = outer.plan
    local row, scope = plan:row(), { outer = outer, plan = plan, depth = outer.depth + 1, names = {} }
    for i = 1, #items, 2 do
        local place, item = items[i], items[i + 1]
        if item.move then
            row:move(moved(source, place, item, row.at))
        else
            local value = type(item) == "string" and item or evaluate_thing(source, item, scope)
            if #value > math.maxinteger - row.at then source:fail(place, "this ends past 2^63-1") end
            row:put(value)
        end
    end
    return row:value()
end

-- The value of a whole text, whose nodes are in PLAN.
local function of_source(source, plan)
    return evaluate(source, source:items(), { plan = plan, depth = -1, names = {} })
end

return { of_source = of_source, of_base64 = decode }
