-- SPDX-License-Identifier: BSD-3-Clause
-- data: a disk written as text.
-- The grammar here makes a tree of the text; data/meaning.lua makes of the tree what the disk
-- is, and data/plan.lua the plan of a rope, which is never expanded: a disk of any size starts
-- at once and takes the memory of its text.  What clients write is kept in an overlay above.

local Plan = require "data.plan"
local meaning = require "data.meaning"
local numbers = require "data.numbers"

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

local variables = {} -- what the command line gave beside parameters
local deepest = 1000 -- ( in (

-- Texts ---------------------------------------------------------------------------------
-- A source is a text and its name: DATA itself, or a variable; so many levels lie around it.
-- All of one DATA share the numbers and values of variables that were worked out before:
-- variables that double one another would take for ever.

local Source = {}
Source.__index = Source

-- Shows the place, then raises the error.
function Source:fail(position, message, ...)
    local before = self.text:sub(1, position - 1)
    local _, line = before:gsub("\n", "")
    local start = before:match("^.*\n()") or 1
    local from = math.max(start, position - 50)
    local shown = self.text:sub(from, from + 69):match("^[^\n]*"):gsub("%c", " ")
    local left = shown:sub(1, position - from)
    stele.log("  " .. shown)
    stele.log("  " .. (" "):rep(utf8.len(left) or #left) .. "^")
    error(("%s: line %d, column %d: %s"):format(
        self.name, line + 1, position - start + 1, message:format(...)), 0)
end

-- The text of a variable that stands AT a place, with DEPTH levels around that.
function Source:variable(name, at, depth)
    local text, outer = variables[name] or os.getenv(name), self
    if not text then
        self:fail(at, "there is no variable %s: %s=... on the command line makes one, or the environment",
            name, name)
    end
    while outer do
        if outer.variable_name == name then self:fail(at, "the variable %s stands for itself", name) end
        outer = outer.outer
    end
    if depth >= deepest then self:fail(at, "more than %d levels are too deep", deepest) end
    return setmetatable({ text = text, name = "$" .. name, variable_name = name, outer = self,
        depth = depth, numbers = self.numbers, values = self.values }, Source)
end

-- The grammar ---------------------------------------------------------------------------

local rules = [=[
    -- The next items of a text, and where they end.
    data      <- {| blank (!. / {} item blank ({} item blank)^-1000 / %no_item) |} {}
    number    <- blank (expr / %no_number) blank (!. / %no_end)

    -- Each after its place.
    items     <- {| blank ({} item blank)* |}
    item      <- bytes / move / thing
    blank     <- (%s / '#' [^%nl]*)*

    -- A run of plain bytes and strings, by far the most frequent thing, is one at once.
    bytes     <- {~ (plain !postfix (blank -> ''))+ ~}
    plain     <- byte -> char !word / ('"' -> '') char* ('"' -> '')
    byte      <- '0' [xX] %x %x? / '0' [0-3] [0-7] [0-7] / '0' [0-7]^-2
               / '25' [0-5] / '2' [0-4] %d / '1' %d %d / [1-9] %d?

    move      <- {| '@' {:move: {[-+^]?} :} {:to: simple / amount / %no_number :} |}

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
                 ':' {:value: simple / amount / %no_number :}
               / {:kind: '' -> 'byte' :} {:value: simple / constant :}
    char      <- ('\x' {%x %x}) -> unhex / ('\' {[^0-9xu]}) -> unescape / [^"\] / '\' %no_char

    postfix   <- blank ('*' / '[' / '->')
    times     <- {| here '*' blank {:times: simple / amount / %no_number :} |}
    slice     <- {| here '[' blank {:from: expr :}? blank (':' / %no_colon) blank
                 {:to: expr :}? blank (']' / %no_bracket) |}
    assign    <- '->' blank ('\' / %no_name) name
    name      <- {([A-Za-z0-9_] / '-' !'>')+} / %no_name
    variable  <- {[A-Za-z_] [A-Za-z0-9_]*} / %no_variable

    -- Numbers.  In ( ... ) and [ ... ] they may be calculated; the simple ones are so at once.
    simple    <- ('0' / [1-9] [0-9]^-14) -> number !word
    amount    <- constant / {| here {:variable: '$'? {[A-Za-z_] [A-Za-z0-9_]*} :} |}
               / '(' %deeper blank (%folds expr => fold / expr / %no_number) blank
                 (')' / %no_paren) %higher
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

local function definitions(lpeg)
    local escapes = { a = "\a", b = "\b", f = "\f", n = "\n", r = "\r", t = "\t", v = "\v" }
    local defined = {
        char = setmetatable({}, { __index = function(known, digits)
            known[digits] = string.char(numbers.of_digits(digits))
            return known[digits]
        end }),
        number = tonumber,
        unhex = function(digits) return string.char(tonumber(digits, 16)) end,
        unescape = setmetatable(escapes, { __index = function(_, c) return c end }),
    }
    for name, message in pairs(expected) do
        defined[name] = seen(lpeg, function(text, at, source)
            local stray = name == "no_item" and text:sub(at, at) == ")"
            source:fail(at, "%s", stray and "this ) has no ( before it" or message)
        end)
    end
    defined.deeper = seen(lpeg, function(_, at, source)
        local open = source.open
        if #open + source.depth >= deepest then
            source:fail(at - 1, "more than %d levels of ( in ( are too deep", deepest)
        end
        open[#open + 1] = at - 1
        return true
    end)
    -- Captures are made when all has matched, and LPeg can only do that for so many levels:
    -- so now and then what is in a ( is made at once.
    defined.folds = seen(lpeg, function(_, _, source) return #source.open % 16 == 0 end)
    defined.fold = function(_, _, tree) return true, tree end
    defined.higher = seen(lpeg, function(_, _, source)
        source.open[#source.open] = nil
        return true
    end)
    for name, message in pairs { no_close = expected.no_item .. ", or )", no_paren = expected.no_end } do
        defined[name] = seen(lpeg, function(text, at, source)
            if at <= #text then source:fail(at, "%s", message) end
            source:fail(source.open[#source.open], "this ( has no ) after it")
        end)
    end
    defined.script = seen(lpeg, function(text, at, source)
        local script = text:match("^%b()", at - 1)
        if script then return at + #script - 1, script:sub(2, -2) end
        source:fail(at - 2, "this <( has no ) after it; in a script, too, they come in pairs")
    end)
    return defined
end

local grammar = {}

-- What RULE makes of the text from AT on.
function Source:match(rule, at)
    if not grammar[rule] then
        local found, lpeg = pcall(require, "lpeg")
        local also, re = pcall(require, "re")
        if not (found and also) then
            error("data= needs LPeg, a library for Lua (Debian: lua-lpeg, Fedora: lua-lpeg)", 0)
        end
        lpeg.setmaxstack(100 * deepest)
        grammar[rule] = re.compile("start <- " .. rule .. "\n" .. rules, definitions(lpeg))
    end
    self.open = {}
    return grammar[rule]:match(self.text, at, self)
end

-- The tree of a number.
function Source:number() return self:match("number", 1) end

-- The items of the text.  LPeg notes down all that there is to capture before it makes
-- anything of it, which takes far more memory: so they come some at a time.
function Source:items()
    local items, at, some = {}, 1, nil
    repeat
        some, at = self:match("data", at)
        table.move(some, 1, #some, #items + 1, items)
    until at > #self.text
    return items
end

-- The disk ------------------------------------------------------------------------------

function config(key, text)
    if not key:match("^[%a_][%w_]*$") then
        error(("'%s' is not the name of a parameter or a variable"):format(key), 0)
    end
    variables[key] = text
end

function config_complete()
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

local function source(text, name)
    return setmetatable({ text = text, name = name, depth = 0, numbers = {}, values = {} }, Source)
end

local function described(plan)
    local given = stele.config
    if given.raw then return given.raw end
    if given.base64 then return meaning.of_base64(source(given.base64, "base64="), 1, given.base64) end
    return meaning.of_source(source(given.data, "data="), plan)
end

-- The plan, and the value that is the disk, of the size that was asked for.
local function planned()
    local plan = Plan.new()
    local value, row, size = described(plan), plan:row(), stele.config.size
    if not size or size == #value then return plan, value end
    if size < #value then return plan, plan:cut(value, 0, size) end
    row:put(value)
    row:move(size)
    return plan, row:value()
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

local function made()
    local plan, value = planned()
    return stele.cow { plan:rope(value), overlay = overlay(#value) }
end

function get_ready()
    disk = made()
    collectgarbage() -- of what it was made of nothing is needed any more
end

function explain()
    local _, value = planned()
    Plan.explain(value)
end

function open() return disk end

function dump_plugin()
    print("data_base64=yes")
    print("mlock=yes")
    local zstd = pcall(stele.ram, { size = 4096, allocator = "zstd" })
    print("zstd=" .. (zstd and "yes" or "no"))
end
