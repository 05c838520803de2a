-- SPDX-License-Identifier: BSD-3-Clause
-- The largest disk that there is.  A read gives its offset in decimal digits; the file
-- "calls" has the rest.
local function note(...)
    local file <close> = assert(io.open("calls", "a"))
    file:write(table.concat({ ... }, " "), "\n")
end

function get_size(handle) return (1 << 63) - 1 end
function pread(handle, count, offset) return ("%0" .. count .. "d"):format(offset) end
function pwrite(handle, data, offset) note("pwrite", data, offset) end
function flush(handle) end
function trim(handle, count, offset) note("trim", count, offset) end
function zero(handle, count, offset) note("zero", count, offset) end
function cache(handle, count, offset) note("cache", count, offset) end

function extents(handle, count, offset)
    note("extents", count, offset)
    return { { offset, 1 << 40, 0 }, { offset + (1 << 40), count - (1 << 40), 3 } }
end
