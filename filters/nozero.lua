-- SPDX-License-Identifier: BSD-3-Clause
-- nozero: no zero requests, or only in a way chosen here.  For comparing clients and disks
-- with and without them.

description = "do without efficient zeroing, or with less of it"

parameters = {
    zeromode = {
        "choice", { "none", "emulate", "notrim", "plugin" }, default = "none",
        doc = "not offered; offered and done by writing; without leaving holes; as below",
    },
    fastzeromode = {
        "choice", { "default", "none", "slow", "ignore" }, default = "default",
        doc = "as zeromode makes it; not offered; offered and refused; offered and not heeded",
    },
}

thread_model = "parallel"

local zeroes = stele.buffer(1 << 20)

function open(next)
    local mode = config.zeromode
    if (mode == "notrim" or mode == "plugin") and not next:can_zero() then
        stele.fail("EINVAL", "zeromode=" .. mode .. " needs a disk that can zero")
    end
    return next
end

function hides_zero() return config.zeromode == "none" end

function can_zero(next) return next:can_write() end

function can_fast_zero(next)
    if config.zeromode == "none" or config.fastzeromode == "none" then return false end
    if config.fastzeromode ~= "default" or config.zeromode == "emulate" then return true end
    return next:can_fast_zero()
end

-- Is this one to be refused because it would not be fast?
local function too_slow(flags)
    return flags & stele.FAST_ZERO ~= 0
        and (config.fastzeromode == "slow"
            or config.fastzeromode == "default" and config.zeromode == "emulate")
end

local function zero_by_writing(next, count, offset, flags)
    while count > 0 do
        local n = math.min(count, #zeroes)
        next:pwrite(n == #zeroes and zeroes or zeroes:get(0, n), offset, flags & stele.FUA)
        count, offset = count - n, offset + n
    end
end

function zero(next, count, offset, may_trim, flags)
    if too_slow(flags) then stele.fail("ENOTSUP", "zeroing would not be fast") end
    if config.fastzeromode == "ignore" then flags = flags & ~stele.FAST_ZERO end
    if config.zeromode == "emulate" then return zero_by_writing(next, count, offset, flags) end
    if config.zeromode == "notrim" then may_trim = false end
    next:zero(count, offset, may_trim, flags & ~stele.MAY_TRIM)
end
