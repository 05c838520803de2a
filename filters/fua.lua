-- SPDX-License-Identifier: BSD-3-Clause
-- fua: what becomes of "this write must be safe before you answer" (force unit access).
-- Only a request whose flags must change is done from here; all others pass untouched.

description = "change how forced writes and flushes are treated"

parameters = {
    fuamode = {
        "choice", { "none", "emulate", "native", "force", "pass", "discard" }, default = "none",
        doc = "not offered; by a flush; by the disk; always; as below; forgotten, flushes too (unsafe)",
    },
}

thread_model = "parallel"

function open(next)
    local mode = config.fuamode
    if mode == "emulate" and not next:can_flush() then
        stele.fail("EINVAL", "fuamode=emulate needs a disk that can flush")
    end
    if (mode == "native" or mode == "force") and next:can_fua() == "none" then
        stele.fail("EINVAL", "fuamode=" .. mode .. " needs a disk that can force writes")
    end
    return next
end

function can_fua(next)
    local mode = config.fuamode
    if mode == "pass" then return next:can_fua() end
    if mode == "none" or mode == "emulate" then return mode end
    return "native"
end

function can_flush(next)
    local mode = config.fuamode
    return mode == "discard" or mode == "force" or next:can_flush()
end

-- The flags that the disk below is to see.
local function flags_below(flags)
    if config.fuamode == "force" then return flags | stele.FUA end
    if config.fuamode == "discard" then return flags & ~stele.FUA end
    return flags
end

function pwrite(next, data, offset, flags)
    local wanted = flags_below(flags)
    if wanted == flags then return pass end
    next:pwrite(data, offset, wanted)
end

function trim(next, count, offset, flags)
    local wanted = flags_below(flags)
    if wanted == flags then return pass end
    next:trim(count, offset, wanted)
end

function zero(next, count, offset, may_trim, flags)
    local wanted = flags_below(flags)
    if wanted == flags then return pass end
    next:zero(count, offset, may_trim, wanted)
end

function flush()
    if config.fuamode ~= "force" and config.fuamode ~= "discard" then return pass end
end
