-- SPDX-License-Identifier: BSD-3-Clause
-- data: a disk written as text.
-- The grammar makes a tree of the text; the tree becomes the plan of a rope, which is
-- never expanded, so a disk of any size starts at once and takes the memory of its text.
-- What clients write is kept in an overlay above it.

description = "a disk written as text, of any size"

config_help = "Any other NAME=TEXT is a variable: $NAME in the data, and NAME in a number."

parameters = {
    data = { "string", bare = true, label = "DATA", doc = "the disk, in a language of its own" },
    raw = { "string", label = "TEXT", doc = "or the bytes themselves" },
    base64 = { "string", label = "BASE64", doc = "or the bytes in base64" },
    size = { "size", doc = "cut or extend the disk to this size" },
    allocator = {
        "string", default = "sparse", label = "sparse|malloc[,mlock=true]|zstd[,level=N]",
        doc = "how what is written is kept",
    },
}

thread_model = "parallel"

local variables = {}        -- what the command line gave beside parameters
local deepest = 1000        -- ( in (
local inline = 64 << 10     -- bytes of a stream that are kept as a literal
local short = 256           -- bytes of a literal that are put together with its neighbours

-- Messages ------------------------------------------------------------------------------

-- SOURCE is a text and its name.  Shows the place, then raises the error.
local function fail(source, position, message, ...)
    local before = source.text:sub(1, position - 1)
    local _, line = before:gsub("\n", "")
    local start = before:match("^.*\n()") or 1
    local from = math.max(start, position - 50)
    local shown = source.text:sub(from, from + 69):match("^[^\n]*"):gsub("%c", " ")
    local left = shown:sub(1, position - from)
    stele.log("  " .. shown)
    stele.log("  " .. (" "):rep(utf8.len(left) or #left) .. "^")
    error(("%s: line %d, column %d: %s"):format(
        source.name, line + 1, position - start + 1, message:format(...)), 0)
end

-- The grammar ---------------------------------------------------------------------------

local rules = [=[
    data      <- items (!. / %no_item)
    number    <- blank (expr / %no_number) blank (!. / %no_end)

    items     <- {| blank (item blank)* |}
    item      <- bytes / move / thing
    blank     <- (%s / '#' [^%nl]*)*

    -- A run of plain bytes and strings, by far the most frequent thing, is one at once.
    bytes     <- {| here {:bytes: {~ (plain !postfix (blank -> ''))+ ~} :} |}
    plain     <- byte -> char !word / ('"' -> '') char* ('"' -> '')
    byte      <- '0' [xX] %x %x? / '0' [0-3] [0-7] [0-7] / '0' [0-7]^-2
               / '25' [0-5] / '2' [0-4] %d / '1' %d %d / [1-9] %d?

    move      <- {| here '@' {:move: {[-+^]?} :} {:to: amount / %no_number :} |}

    thing     <- {| here primary (blank (times / slice))* {:names: {| (blank assign)+ |} :}? |}
    primary   <- {:kind: '(' -> 'group' :} %deeper {:items: %folds items => fold / items :}
                 (')' / %no_close) %higher
               / {:kind: '"' -> 'string' :} {:text: {~ char* ~} :} ('"' / %no_quote)
               / {:kind: '<(' -> 'script' :} {:text: %script :}
               / {:kind: '<' -> 'file' :} {:text: {[^%s*[)]+} / %no_file :}
               / {:kind: '\' -> 'name' :} {:text: name :}
               / {:kind: '$' -> 'variable' :} {:text: variable :}
               / {:kind: 'base64:' -> 'base64' :} {:text: {[A-Za-z0-9+/=]*} :}
               / {:kind: '' -> 'word' :} {:order: {'le' / 'be'} :} {:bits: {'16' / '32' / '64'} :}
                 ':' {:value: amount / %no_number :}
               / {:kind: '' -> 'byte' :} {:value: constant :}
    char      <- ('\x' {%x %x}) -> unhex / ('\' {[^0-9xu]}) -> unescape / [^"\] / '\' %no_char

    postfix   <- blank ('*' / '[' / '->')
    times     <- {| here '*' blank {:times: amount / %no_number :} |}
    slice     <- {| here '[' blank {:from: expr :}? blank (':' / %no_colon) blank
                 {:to: expr :}? blank (']' / %no_bracket) |}
    assign    <- '->' blank ('\' / %no_name) name
    name      <- {([A-Za-z0-9_] / '-' !'>')+} / %no_name
    variable  <- {[A-Za-z_] [A-Za-z0-9_]*} / %no_variable

    -- Numbers.  In ( ... ) and [ ... ] they may be calculated.
    amount    <- constant / {| here {:variable: '$'? {[A-Za-z_] [A-Za-z0-9_]*} :} |}
               / '(' %deeper blank (expr / %no_number) blank (')' / %no_paren) %higher
    constant  <- {| here {:digits: {'0' [xX] %x+ / '0' [0-7]* / [1-9] %d*} :}
                 {:unit: {[bkKmMgGtTpPeEs]} :}? (!word / %no_number) |}
    expr      <- {| sum (blank {'<<' / '>>'} blank (sum / %no_number))* |}
    sum       <- {| product (blank {'+' / '-'} blank (product / %no_number))* |}
    product   <- {| sign (blank {'*' / '/' / '%'} blank (sign / %no_number))* |}
    sign      <- {| here {:minus: {'-'*} :} blank {:of: amount :} |}

    here      <- {:at: {} :}
    word      <- [A-Za-z0-9_]
]=]

-- Where a rule cannot go on: what to say.
local expected = {
    no_item = 'a byte, a word, "string", <FILE, <(SCRIPT), ( ... ), \\NAME, $VARIABLE or @OFFSET was expected here',
    no_number = "a number was expected here: decimal, 0 octal, 0x hexadecimal, a variable or ( ... )",
    no_end = "an operator or the end of the number was expected here",
    no_quote = '" was expected here, at the end of the string',
    no_char = [[there is no such escape; there are \a \b \f \n \r \t \v \\ \" and \xHH with two digits]],
    no_file = "a file's name was expected here",
    no_colon = "':' was expected here, in [FROM:TO]",
    no_bracket = "']' was expected here, after [FROM:TO",
    no_name = [[a \NAME of letters, digits, - and _ was expected here]],
    no_variable = "a variable's name was expected here",
}

-- What PATTERN, seen while matching, makes of the subject, the position and the source.
local function seen(lpeg, f) return lpeg.Cmt(lpeg.Carg(1), f) end

local function to_number(digits) return tonumber(digits, digits:match("^0[0-7]") and 8 or nil) end

local function definitions(lpeg)
    local escapes = { a = "\a", b = "\b", f = "\f", n = "\n", r = "\r", t = "\t", v = "\v" }
    local defined = {
        char = setmetatable({}, { __index = function(known, digits)
            known[digits] = string.char(to_number(digits))
            return known[digits]
        end }),
        unhex = function(digits) return string.char(tonumber(digits, 16)) end,
        unescape = setmetatable(escapes, { __index = function(_, c) return c end }),
    }
    for name, message in pairs(expected) do
        defined[name] = seen(lpeg, function(text, at, source)
            local stray = name == "no_item" and text:sub(at, at) == ")"
            fail(source, at, "%s", stray and "this ) has no ( before it" or message)
        end)
    end
    defined.deeper = seen(lpeg, function(_, at, source)
        local open = source.open
        if #open + source.depth >= deepest then
            fail(source, at - 1, "more than %d levels of ( in ( are too deep", deepest)
        end
        open[#open + 1] = at - 1
        return true
    end)
    -- Captures are made when all has matched, and LPeg can only do that for so many levels:
    -- so now and then what a group has is made at once.
    defined.folds = seen(lpeg, function(_, _, source) return #source.open % 16 == 0 end)
    defined.fold = function(_, _, items) return true, items end
    defined.higher = seen(lpeg, function(_, _, source)
        source.open[#source.open] = nil
        return true
    end)
    for name, message in pairs { no_close = expected.no_item .. ", or )", no_paren = expected.no_end } do
        defined[name] = seen(lpeg, function(text, at, source)
            if at <= #text then fail(source, at, "%s", message) end
            fail(source, source.open[#source.open], "this ( has no ) after it")
        end)
    end
    defined.script = seen(lpeg, function(text, at, source)
        local script = text:match("^%b()", at - 1)
        if script then return at + #script - 1, script:sub(2, -2) end
        fail(source, at - 2, "this <( has no ) after it; in a script, too, they come in pairs")
    end)
    return defined
end

local grammar = {}

-- The tree of a source, by the rule that it must fit as a whole.
local function parse(source, rule)
    if not grammar[rule] then
        local found, lpeg = pcall(require, "lpeg")
        local also, re = pcall(require, "re")
        if not (found and also) then
            error("data= needs LPeg, a library for Lua (Debian: lua-lpeg, Fedora: lua-lpeg)", 0)
        end
        lpeg.setmaxstack(100 * deepest)
        grammar[rule] = re.compile("start <- " .. rule .. "\n" .. rules, definitions(lpeg))
    end
    source.open = {}
    return grammar[rule]:match(source.text, 1, source)
end

-- Numbers -------------------------------------------------------------------------------

local units = { b = 0, s = 9, k = 10, m = 20, g = 30, t = 40, p = 50, e = 60 }
local highest = { [8] = ~0 >> 3, [10] = 1844674407370955161, [16] = ~0 >> 4 }
local calculate

-- Its 64 bits; from 2^63 on Lua sees them as negative.
local function constant(source, c)
    local digits, base = c.digits, 10
    if #digits < 16 and not c.unit then return to_number(digits) end
    if digits:match("^0[xX]") then
        digits, base = digits:sub(3), 16
    elseif digits:sub(1, 1) == "0" then
        base = 8
    end
    local n, shift = 0, units[(c.unit or "b"):lower()]
    for d in digits:gmatch(".") do
        d = tonumber(d, 16)
        if n < 0 or n > highest[base] or base == 10 and n == highest[10] and d > 5 then
            fail(source, c.at, "this number has more than 64 bits")
        end
        n = n * base + d
    end
    if n << shift >> shift ~= n then fail(source, c.at, "this number has more than 64 bits") end
    return n << shift
end

-- The text of a variable as a source of its own.
local function variable(source, name, at, depth)
    local text = variables[name] or os.getenv(name)
    if not text then
        fail(source, at, "there is no variable %s: %s=... on the command line makes one, or the environment",
            name, name)
    end
    local outer = source
    while outer do
        if outer.variable == name then fail(source, at, "the variable %s stands for itself", name) end
        outer = outer.outer
    end
    return { text = text, name = "$" .. name, variable = name, outer = source, depth = depth }
end

local function exact(source, at, n, fits)
    if not fits then fail(source, at, "the result is more than 2^63-1") end
    return n
end

local operators = {
    ["+"] = function(s, at, a, b) return exact(s, at, a + b, (a ~ (a + b)) & (b ~ (a + b)) >= 0) end,
    ["-"] = function(s, at, a, b) return exact(s, at, a - b, (a ~ b) & (a ~ (a - b)) >= 0) end,
    ["*"] = function(s, at, a, b)
        return exact(s, at, a * b, a == 0 or (a * b // a == b and a * b % a == 0))
    end,
    ["/"] = function(s, at, a, b)
        if b == 0 then fail(s, at, "divided by 0") end
        return a // b
    end,
    ["%"] = function(s, at, a, b)
        if b == 0 then fail(s, at, "divided by 0") end
        return a % b
    end,
    ["<<"] = function(s, at, a, b)
        return exact(s, at, a << b, b >= 0 and b < 63 and a << b >> b == a and a << b >= 0)
    end,
    [">>"] = function(s, at, a, b) return exact(s, at, b < 64 and a >> b or 0, a >= 0 and b >= 0) end,
}

local function first_place(e)
    while not e.at do e = e[1] end
    return e.at
end

function calculate(source, e)
    if e.digits then
        local n = constant(source, e)
        return exact(source, e.at, n, n >= 0)
    elseif e.variable then
        local inner = variable(source, e.variable, e.at, 0)
        return calculate(inner, parse(inner, "number"))
    elseif e.of then
        local n = calculate(source, e.of)
        return #e.minus % 2 == 1 and -n or n
    end
    local n = calculate(source, e[1])
    for i = 2, #e, 2 do
        n = operators[e[i]](source, first_place(e[i + 1]), n, calculate(source, e[i + 1]))
    end
    return n
end

local function amount(source, e, default)
    if not e then return default end
    local n = calculate(source, e)
    if n < 0 then fail(source, first_place(e), "%d is less than 0", n) end
    return n
end

-- The rope ------------------------------------------------------------------------------
-- A value is what the text means: { size =, bytes = } while it is short, or { size =, line = }
-- where a line of the plan describes it.  Its node is written when it is first needed; lines
-- that are the same, which WRITTEN knows by their text, are the same node.

local plan, devices, written, nothing

local hex = setmetatable({}, { __index = function(t, c)
    t[c] = ("%02x"):format(c:byte())
    return t[c]
end })

local function literal(bytes) return { size = #bytes, bytes = bytes } end

local function node(value)
    if not value.node then
        local line = value.line or "bytes " .. value.bytes:gsub(".", hex)
        if not written[line] then
            plan[#plan + 1] = line
            written[line] = #plan
        end
        value.node = written[line]
    end
    return value.node
end

local function of_device(device, what)
    devices[#devices + 1] = device
    return { size = device:get_size(), line = "device " .. #devices - 1, what = what }
end

local function times(value, n)
    if value.bytes and value.size * n <= short then return literal(value.bytes:rep(n)) end
    return { size = value.size * n, line = ("times %d %d"):format(node(value), n), of = value,
        what = "times " .. n }
end

local function cut(value, from, to)
    if from == 0 and to == value.size then return value end
    if value.bytes then return literal(value.bytes:sub(from + 1, to)) end
    return { size = to - from, line = ("cut %d %d %d"):format(node(value), from, to - from),
        of = value, what = ("[%d:%d]"):format(from, to) }
end

-- What a group puts where.  Literals that follow one another become one, and the few
-- zeroes of a small move forward, where nothing can be below them, too.
local Row = {}
Row.__index = Row

local function new_row() return setmetatable({ at = 0, size = 0 }, Row) end

function Row:put(value)
    local last = self[#self]
    local gap = last and last.parts and self.at - last.stop
    if value.size == 0 then return end
    if value.bytes and gap and (gap == 0 or gap > 0 and gap < short and last.stop == self.known) then
        if gap > 0 then last.parts[#last.parts + 1] = ("\0"):rep(gap) end
        last.parts[#last.parts + 1] = value.bytes
        last.stop = self.at + value.size
    else
        self[#self + 1] = { at = self.at, stop = self.at + value.size, value = value,
            parts = value.bytes and #value.bytes <= short and { value.bytes } }
    end
    self:move(self.at + value.size)
    self.known = self.size -- up to here something was put
end

function Row:move(at)
    self.at = at
    if at > self.size then self.size = at end
end

function Row:value()
    local places = {}
    for i, item in ipairs(self) do
        if item.parts then item.value = literal(table.concat(item.parts)) end
        places[i] = ("%d@%d"):format(node(item.value), item.at)
    end
    if #self == 1 and self[1].at == 0 and self[1].stop == self.size then return self[1].value end
    if self.size == 0 then return nothing end
    return { size = self.size, line = ("row %d %s"):format(self.size, table.concat(places, " ")),
        row = self, what = "( ... )" }
end

-- From the tree to the rope -------------------------------------------------------------

local evaluate

-- What is read from outside is opened when it is used; a part that is wanted from its
-- beginning is all that is read of what has no end.
local function open_file(thing, most)
    local path = stele.absolute_path(thing.text)
    local regular, device = pcall(stele.file, { path = path, readonly = true })
    if regular then return device, true end
    if stele.errno_name(device) ~= "EINVAL" then error(device) end
    return stele.spool { path = path, size = most }
end

local function open_script(thing, most) return stele.spool { thing.text, size = most } end

local function from_outside(open, what)
    return function(source, thing)
        local lazy = { what = what .. thing.text }
        function lazy.open(most)
            local opened, device, regular = pcall(open, thing, most)
            if not opened then fail(source, thing.at, "%s", tostring(device)) end
            local size = device:get_size()
            if not regular and size <= inline then return literal(device:pread(size, 0)) end
            local whole = of_device(device, lazy.what)
            return cut(whole, 0, math.min(most or size, size))
        end
        return lazy
    end
end

-- The value itself of what may not have been opened yet.
local function force(value)
    if value.open then
        for k, v in pairs(value.open()) do value[k] = v end
        value.open = nil
    end
    return value
end

local function decode(source, at, text)
    local values, bytes = {}, {}
    for i = 1, 64 do
        values[("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"):byte(i)] = i - 1
    end
    local body = text:gsub("%s", ""):match("^([%w+/]*)=?=?$")
    if not body or #body % 4 == 1 then fail(source, at, "this is not base64") end
    for i = 1, #body, 4 do
        local a, b, c, d = body:byte(i, i + 3)
        local n = values[a] << 18 | values[b] << 12 | (values[c] or 0) << 6 | (values[d] or 0)
        bytes[#bytes + 1] = (">I3"):pack(n):sub(1, d and 3 or c and 2 or 1)
    end
    return literal(table.concat(bytes))
end

local kinds = {
    file = from_outside(open_file, "<"),
    script = from_outside(open_script, "<("),
    string = function(_, thing) return literal(thing.text) end,
    base64 = function(source, thing) return decode(source, thing.at, thing.text) end,
}

function kinds.byte(source, thing)
    local n = calculate(source, thing.value)
    if n > 255 then fail(source, thing.at, "%d is not a byte, from 0 to 255", n) end
    return literal(string.char(n))
end

function kinds.word(source, thing)
    local bits = tonumber(thing.bits)
    local wide = bits == 64 and thing.value.digits
    local n = wide and constant(source, thing.value) or calculate(source, thing.value)
    if bits < 64 and (n >> bits ~= 0) and (n >= 0 or n < -1 << (bits - 1)) then
        fail(source, thing.at, "%d has more than %d bits", n, bits)
    end
    n = bits < 64 and n & (1 << bits) - 1 or n
    return literal(((thing.order == "le" and "<I" or ">I") .. bits // 8):pack(n))
end

function kinds.group(source, thing, scope) return evaluate(source, thing.items, scope) end

function kinds.variable(source, thing, scope)
    local inner = variable(source, thing.text, thing.at, scope.depth)
    return evaluate(inner, parse(inner, "data"), scope)
end

function kinds.name(source, thing, scope)
    while scope do
        if scope[thing.text] then return scope[thing.text] end
        scope = scope.outer
    end
    fail(source, thing.at, "\\%s has not been given a value before", thing.text)
end

local function repeated(source, value, postfix)
    local n = amount(source, postfix.times)
    if n == 0 then return nothing end
    force(value)
    if value.size > 0 and n > math.maxinteger // value.size then
        fail(source, postfix.at, "%d times %d bytes are more than 2^63-1", n, value.size)
    end
    return n == 1 and value or times(value, n)
end

local function sliced(source, value, postfix)
    local from, to = amount(source, postfix.from, 0), amount(source, postfix.to)
    local lazy = value.open
    if to and from > to then fail(source, postfix.at, "this part begins at %d and ends at %d", from, to) end
    value = lazy and to and lazy(to) or force(value)
    if lazy and from == 0 and to and to > value.size then to = value.size end
    if from > value.size or (to or 0) > value.size then
        fail(source, postfix.at, "this part ends at %d, but there are %d bytes", to or from, value.size)
    end
    return cut(value, from, to or value.size)
end

local function evaluate_thing(source, thing, scope)
    local value = kinds[thing.kind](source, thing, scope)
    for _, postfix in ipairs(thing) do
        value = (postfix.times and repeated or sliced)(source, value, postfix)
    end
    for _, name in ipairs(thing.names or {}) do scope[name] = value end
    return thing.names and nothing or force(value)
end

local function moved(source, item, at)
    local n = amount(source, item.to)
    if item.move == "-" and n > at then
        fail(source, item.at, "%d bytes back from %d is before the beginning", n, at)
    elseif item.move == "-" then
        return at - n
    elseif item.move == "" then
        return n
    elseif item.move == "^" and n == 0 then
        fail(source, item.at, "nothing is aligned to 0")
    elseif item.move == "^" then
        n = -at % n
    end
    if n > math.maxinteger - at then fail(source, item.at, "this is past 2^63-1") end
    return at + n
end

-- A group has offsets and names of its own.
function evaluate(source, items, outer)
    local row, scope = new_row(), { outer = outer, depth = outer and outer.depth + 1 or 0 }
    if scope.depth > deepest then fail(source, 1, "more than %d levels are too deep", deepest) end
    for _, item in ipairs(items) do
        if item.move then
            row:move(moved(source, item, row.at))
        else
            local value = item.bytes and literal(item.bytes) or evaluate_thing(source, item, scope)
            if value.size > math.maxinteger - row.at then fail(source, item.at, "this ends past 2^63-1") end
            row:put(value)
        end
    end
    return row:value()
end

-- What --explain prints ------------------------------------------------------------------

local function summary(value)
    if value.bytes then
        local shown = value.bytes:sub(1, 16):gsub(".", "%0 "):gsub("(.) ", function(c) return hex[c] .. " " end)
        return shown:sub(1, -2) .. (value.size > 16 and " ..." or "")
    end
    return value.what
end

-- A value that is used several times is taken apart once.
local function print_tree(value, at, indent, known)
    print(("%20d %20d  %s%s%s"):format(at, value.size, indent, summary(value),
        known[value] and ", as above" or ""))
    if known[value] then return end
    known[value] = not value.bytes
    if value.of then print_tree(value.of, 0, indent .. "    ", known) end
    for _, item in ipairs(value.row or {}) do
        print_tree(item.value, item.at, indent .. "    ", known)
    end
end

-- The disk ------------------------------------------------------------------------------

function config(key, text)
    if not key:match("^[%a_][%w_]*$") then
        error(("'%s' is not the name of a parameter or a variable"):format(key), 0)
    end
    variables[key] = text
end

local function check_parameters()
    local given = {}
    for _, name in ipairs { "data", "raw", "base64" } do
        if stele.config[name] then given[#given + 1] = name .. "=" end
    end
    if #given == 0 then error("what is on the disk? give data=, raw= or base64=", 0) end
    if #given > 1 then error("only one can be the disk: " .. table.concat(given, ", "), 0) end
    local name = next(variables)
    if name and not stele.config.data then
        error(("unknown parameter '%s': only data= has variables"):format(name), 0)
    end
end

function config_complete() check_parameters() end

local function described()
    local given = stele.config
    plan, devices, written, nothing = {}, {}, {}, literal("")
    if given.raw then return literal(given.raw) end
    if given.base64 then return decode({ text = given.base64, name = "base64=" }, 1, given.base64) end
    local source = { text = given.data, name = "data=", depth = 0 }
    return evaluate(source, parse(source, "data"), nil)
end

-- Of the size that was asked for.
local function fitted(value)
    local row, size = new_row(), stele.config.size
    if not size or size == value.size then return value end
    if size < value.size then return cut(value, 0, size) end
    row:put(value)
    row:move(size)
    return row:value()
end

-- "malloc,mlock=true" is the allocator and its options; a bare option means "1".
local function overlay(size)
    local name, rest = stele.config.allocator:match("^([^,]*)(.*)$")
    local options = { size = size, allocator = name }
    for key, equals, value in rest:gmatch(",([^,=]*)(=?)([^,]*)") do
        if key ~= "mlock" and key ~= "level" then
            error("allocator=: the options are mlock and level, not '" .. key .. "'", 0)
        end
        options[key] = equals == "=" and value or "1"
    end
    return stele.ram(options)
end

function get_ready()
    local value = fitted(described())
    local whole = node(value)
    if whole ~= #plan then plan[#plan + 1] = ("times %d 1"):format(whole) end
    local rope = stele.rope { table.concat(plan, "\n"), device = devices }
    disk = stele.cow { rope, overlay = overlay(value.size) }
    plan, devices, written = nil, nil, nil
end

function explain()
    local value = fitted(described())
    print(("%d bytes"):format(value.size))
    print(("%20s %20s  %s"):format("offset", "size", "what"))
    print_tree(value, 0, "", {})
end

function open() return disk end

function dump_plugin()
    print("data_base64=yes")
    print("mlock=yes")
    local zstd = pcall(stele.ram, { size = 4096, allocator = "zstd" })
    print("zstd=" .. (zstd and "yes" or "no"))
end
