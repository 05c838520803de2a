-- SPDX-License-Identifier: BSD-3-Clause
-- delay: wait before requests, as if the disk were slow or far away.  A request that waits
-- holds no thread, so any number of them wait side by side.

description = "wait before each request"

parameters = {
    ["rdelay"] = { "delay", doc = "wait before each read" },
    ["wdelay"] = { "delay", doc = "wait before each write, zero and trim" },
    ["delay-read"] = { "delay", doc = "the same as rdelay" },
    ["delay-write"] = { "delay", doc = "wait before each write" },
    ["delay-zero"] = { "delay", doc = "wait before each zero" },
    ["delay-trim"] = { "delay", doc = "wait before each trim" },
    ["delay-extents"] = { "delay", doc = "wait before holes are looked for" },
    ["delay-cache"] = { "delay", doc = "wait before each cache request" },
    ["delay-open"] = { "delay", doc = "wait when a client comes" },
    ["delay-close"] = { "delay", doc = "wait when a client leaves" },
    ["delay-fast-zero"] = {
        "boolean", default = "true", doc = "false: a fast zero is refused at once instead",
    },
}

thread_model = "parallel"

-- What waits as long as the first of these parameters that was given says.
local function waiting(...)
    local names = { ... }
    return function()
        for _, name in ipairs(names) do
            if config[name] then
                stele.sleep(config[name])
                break
            end
        end
        return pass
    end
end

pread = waiting("delay-read", "rdelay")
pwrite = waiting("delay-write", "wdelay")
trim = waiting("delay-trim", "wdelay")
extents = waiting("delay-extents")
cache = waiting("delay-cache")

local zero_later = waiting("delay-zero", "wdelay")

function zero(_, _, _, _, flags)
    if flags & stele.FAST_ZERO ~= 0 and not config["delay-fast-zero"] then
        stele.fail("ENOTSUP", "zeroing would not be fast")
    end
    return zero_later()
end

function can_fast_zero(next) return not config["delay-fast-zero"] or next:can_fast_zero() end

local open_later, close_later = waiting("delay-open"), waiting("delay-close")

function open(next)
    open_later()
    return next
end

function close() close_later() end
