-- SPDX-License-Identifier: BSD-3-Clause
-- Every FACT row, as the parameters say; a disk that can do everything where they do not.
local facts = {}

local function yes_or(name, default)
    if facts[name] == nil then return default end
    return facts[name] == "true"
end

function config(key, value) facts[key] = value end

function get_size(handle) return facts.get_size or "1M" end
function export_description(handle) return facts.export_description end
function can_write(handle) return yes_or("can_write", true) end
function can_flush(handle) return yes_or("can_flush", true) end
function can_trim(handle) return yes_or("can_trim", true) end
function can_zero(handle) return yes_or("can_zero", true) end
function can_fast_zero(handle) return yes_or("can_fast_zero", true) end
function hides_zero(handle) return yes_or("hides_zero", false) end
function can_extents(handle) return yes_or("can_extents", true) end
function can_multi_conn(handle) return yes_or("can_multi_conn", true) end
function is_rotational(handle) return yes_or("is_rotational", false) end
function can_fua(handle) return facts.can_fua or "native" end
function can_cache(handle) return facts.can_cache or "native" end

function block_size(handle)
    if not facts.minimum then return 0, 0, 0 end
    return facts.minimum, facts.preferred, facts.maximum
end

function pread(handle, count, offset) return ("x"):rep(count) end
function pwrite(handle, data, offset) end
function flush(handle) end
function trim(handle, count, offset) end
function zero(handle, count, offset) end
function cache(handle, count, offset) end
function extents(handle, count, offset) return { { offset, count, 3 } } end
