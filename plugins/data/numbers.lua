-- SPDX-License-Identifier: BSD-3-Clause
-- data.numbers: what numbers, variables and expressions come to, in 64 bits.
-- SOURCE is the text that they stand in; it has `fail`, `variable`, `number` and `numbers`.

local numbers = {}

function numbers.of_digits(digits) return tonumber(digits, digits:match("^0[0-7]") and 8 or nil) end

local units = { b = 0, s = 9, k = 10, m = 20, g = 30, t = 40, p = 50, e = 60 }
local highest = { [8] = ~0 >> 3, [10] = 1844674407370955161, [16] = ~0 >> 4 }

local function base_of(digits)
    if digits:match("^0[xX]") then return 16, digits:sub(3) end
    return digits:sub(1, 1) == "0" and 8 or 10, digits
end

-- Its 64 bits; from 2^63 on Lua sees them as negative.
function numbers.constant(source, c)
    if #c.digits < 16 and not c.unit then return numbers.of_digits(c.digits) end
    local base, digits = base_of(c.digits)
    local n, shift = 0, units[(c.unit or "b"):lower()]
    for d in digits:gmatch(".") do
        d = tonumber(d, 16)
        if n < 0 or n > highest[base] or base == 10 and n == highest[10] and d > 5 then
            source:fail(c.at, "this number has more than 64 bits")
        end
        n = n * base + d
    end
    if n << shift >> shift ~= n then source:fail(c.at, "this number has more than 64 bits") end
    return n << shift
end

local function exact(source, at, n, fits)
    if not fits then source:fail(at, "the result is more than 2^63-1") end
    return n
end

local function not_by_zero(source, at, n)
    if n == 0 then source:fail(at, "divided by 0") end
end

local function not_negative(source, at, a, operator, b)
    if a < 0 or b < 0 then source:fail(at, "%d %s %d: neither may be less than 0", a, operator, b) end
end

-- AT is where the right side is.
local operators = {
    ["+"] = function(s, at, a, b) return exact(s, at, a + b, (a ~ (a + b)) & (b ~ (a + b)) >= 0) end,
    ["-"] = function(s, at, a, b) return exact(s, at, a - b, (a ~ b) & (a ~ (a - b)) >= 0) end,
    ["*"] = function(s, at, a, b)
        local fits = a == 0 or a * b // a == b and not (a == -1 and b == math.mininteger)
        return exact(s, at, a * b, fits)
    end,
    ["/"] = function(s, at, a, b)
        not_by_zero(s, at, b)
        return exact(s, at, a // b, not (a == math.mininteger and b == -1))
    end,
    ["%"] = function(s, at, a, b)
        not_by_zero(s, at, b)
        return a % b
    end,
    ["<<"] = function(s, at, a, b)
        not_negative(s, at, a, "<<", b)
        return exact(s, at, a << b, a == 0 or b < 63 and a << b >> b == a and a << b >= 0)
    end,
    [">>"] = function(s, at, a, b)
        not_negative(s, at, a, ">>", b)
        return a >> b
    end,
}

function numbers.place(e)
    while not e.at do e = e[1] end
    return e.at
end

-- DEPTH counts the signs and so the parentheses and variables around E: they cannot use up
-- the stack.
local function calculate(source, e, depth)
    if type(e) == "number" then
        return e
    elseif e.digits then
        local n = numbers.constant(source, e)
        return exact(source, e.at, n, n >= 0)
    elseif e.variable then
        local known, name = source.numbers, e.variable
        if not known[name] then
            local inner = source:variable(name, e.at, depth)
            known[name] = calculate(inner, inner:number(), depth)
        end
        return known[name]
    elseif e.of then
        local n = calculate(source, e.of, depth + 1)
        if #e.minus % 2 == 0 then return n end
        return exact(source, e.at, -n, n ~= math.mininteger)
    end
    local n = calculate(source, e[1], depth)
    for i = 2, #e, 2 do
        local right = calculate(source, e[i + 1], depth)
        n = operators[e[i]](source, numbers.place(e[i + 1]), n, right)
    end
    return n
end

function numbers.calculate(source, e) return calculate(source, e, source.depth) end

-- A number of bytes, or of times.
function numbers.amount(source, e, default)
    if not e then return default end
    local n = numbers.calculate(source, e)
    if n < 0 then source:fail(numbers.place(e), "%d is less than 0", n) end
    return n
end

return numbers
