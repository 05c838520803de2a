-- SPDX-License-Identifier: BSD-3-Clause
-- Every WORK row, noted in the file "calls": its name, what it was given, its flags.
-- Parameters: fua=none|emulate|native (none), cache=none|emulate|native (none).
local support = { fua = "none", cache = "none" }

local function note(...)
    local file <close> = assert(io.open("calls", "a"))
    file:write(table.concat({ ... }, " "), "\n")
end

local function words(flags)
    local list = {}
    for _, name in ipairs { "MAY_TRIM", "FUA", "REQ_ONE", "FAST_ZERO" } do
        if flags & stele[name] ~= 0 then list[#list + 1] = name:lower() end
    end
    return list[1] and table.concat(list, ",") or "-"
end

function config(key, value) support[key] = value end

function get_size(handle) return 1 << 20 end
function can_fast_zero(handle) return true end
function can_fua(handle) return support.fua end
function can_cache(handle) return support.cache end

function pread(handle, count, offset, flags)
    note("pread", count, offset, words(flags))
    return ("x"):rep(count)
end

function pwrite(handle, data, offset, flags) note("pwrite", data, offset, words(flags)) end
function flush(handle, flags) note("flush", words(flags)) end
function trim(handle, count, offset, flags) note("trim", count, offset, words(flags)) end
function zero(handle, count, offset, may_trim, flags) note("zero", count, offset, words(flags)) end
function cache(handle, count, offset, flags) note("cache", count, offset, words(flags)) end

function extents(handle, count, offset, flags)
    note("extents", count, offset, words(flags))
    return { { offset, count, 0 } }
end
