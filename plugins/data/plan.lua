-- SPDX-License-Identifier: BSD-3-Clause
-- data.plan: values, and the plan of a rope that is made of them.
-- A value is what a text means: a string, where it is these bytes, or else { size =, node = }
-- and what that node is made of, for which the plan has a line.  #value is its size in both.
-- Values whose lines are the same are the same value.

local Plan = {}
Plan.__index = Plan

local short = 256 -- bytes of a literal that is put together with its neighbours

function Plan.new()
    return setmetatable({ lines = {}, literals = {}, described = {}, devices = {} }, Plan)
end

local hex = setmetatable({}, { __index = function(known, c)
    known[c] = ("%02x"):format(c:byte())
    return known[c]
end })

function Plan:add(line)
    local n = #self.lines + 1
    self.lines[n] = line
    return n
end

-- The number of VALUE's node.
function Plan:node(value)
    if type(value) == "table" then return value.node end
    local node = self.literals[value]
    if not node then
        node = self:add("bytes " .. value:gsub(".", hex))
        self.literals[value] = node
    end
    return node
end

local Described = { __len = function(value) return value.size end }

-- A new value, from what it is; or the one that is known by the same line.
function Plan:describe(line, value)
    local known = self.described[line]
    if known then return known end
    value.node = self:add(line)
    self.described[line] = value
    return setmetatable(value, Described)
end

function Plan:device(device, what)
    self.devices[#self.devices + 1] = device
    return self:describe("device " .. #self.devices - 1, { size = device:get_size(), what = what })
end

function Plan:times(value, n)
    if type(value) == "string" and #value * n <= short then return value:rep(n) end
    return self:describe(("times %d %d"):format(self:node(value), n),
        { size = #value * n, of = value, what = "times " .. n })
end

function Plan:cut(value, from, to)
    if from == 0 and to == #value then return value end
    if type(value) == "string" then return value:sub(from + 1, to) end
    return self:describe(("cut %d %d %d"):format(value.node, from, to - from),
        { size = to - from, of = value, what = ("[%d:%d]"):format(from, to) })
end

-- A rope in which VALUE is the whole: the last line.
function Plan:rope(value)
    local whole = self:node(value)
    if whole ~= #self.lines then self:add(("times %d 1"):format(whole)) end
    return stele.rope { table.concat(self.lines, "\n"), device = self.devices }
end

-- Rows: what a group puts where.  Short literals that follow one another become one, and the few
-- zeroes of a small move forward, where nothing can be below them, too.
--
--     starts    s1    s2    s3
--     values    v1    v2    parts[1] .. parts[2] .. parts[n_parts], up to stop

local Row = {}
Row.__index = Row

function Plan:row()
    return setmetatable({ plan = self, at = 0, size = 0, starts = {}, values = {},
        parts = {}, n_parts = 0, stop = 0, known = 0 }, Row)
end

-- Put together the literal that is the last value.
function Row:close()
    if self.n_parts > 0 then
        self.values[#self.starts] = table.concat(self.parts, "", 1, self.n_parts)
        self.n_parts = 0
    end
end

-- Does the last literal go on here?  Nothing lies past self.known.
function Row:reaches()
    local gap = self.at - self.stop
    return self.n_parts > 0 and
        (gap == 0 or gap > 0 and gap < short and self.stop == self.known)
end

function Row:add_part(bytes)
    self.n_parts = self.n_parts + 1
    self.parts[self.n_parts] = bytes
end

function Row:put(value)
    local size = #value
    local is_short = type(value) == "string" and size <= short
    if size == 0 then return end
    if is_short and self:reaches() then
        if self.at > self.stop then self:add_part(("\0"):rep(self.at - self.stop)) end
        self:add_part(value)
    else
        self:close()
        self.starts[#self.starts + 1] = self.at
        if is_short then
            self:add_part(value)
        else
            self.values[#self.starts] = value
        end
    end
    self.stop = self.at + size
    self:move(self.stop)
    self.known = self.size
end

function Row:move(at)
    self.at = at
    if at > self.size then self.size = at end
end

function Row:value()
    local plan, values, places = self.plan, self.values, {}
    self:close()
    if self.size == 0 then return "" end
    if #values == 1 and #values[1] == self.size then return values[1] end
    for i, value in ipairs(values) do places[i] = ("%d@%d"):format(plan:node(value), self.starts[i]) end
    return plan:describe(("row %d "):format(self.size) .. table.concat(places, " "),
        { size = self.size, row = self, what = "( ... )" })
end

-- What --explain prints.

local function summary(value)
    if type(value) == "table" then return value.what end
    local shown = value:sub(1, 16):gsub(".", function(c) return hex[c] .. " " end)
    return shown:sub(1, -2) .. (#value > 16 and " ..." or "")
end

-- A value that is used several times is taken apart once.
local function print_tree(value, at, indent, known)
    print(("%20d %20d  %s%s%s"):format(at, #value, indent, summary(value),
        known[value] and ", as above" or ""))
    if known[value] or type(value) == "string" then return end
    known[value] = true
    if value.of then print_tree(value.of, 0, indent .. "    ", known) end
    local row = value.row or { starts = {}, values = {} }
    for i, part in ipairs(row.values) do
        print_tree(part, row.starts[i], indent .. "    ", known)
    end
end

function Plan.explain(value)
    print(("%d bytes"):format(#value))
    print(("%20s %20s  %s"):format("offset", "size", "what"))
    print_tree(value, 0, "", {})
end

return Plan
