-- SPDX-License-Identifier: BSD-3-Clause
-- Zeroes that are refused: below 64k for want of support, above with an error.  The file
-- "calls" has what was asked and what was written.
local function note(...)
    local file <close> = assert(io.open("calls", "a"))
    file:write(table.concat({ ... }, " "), "\n")
end

function get_size(handle) return 1 << 20 end
function can_fast_zero(handle) return true end
function pread(handle, count, offset) return ("x"):rep(count) end
function flush(handle) note("flush") end

function pwrite(handle, data, offset)
    note("pwrite", #data, offset, data:find("[^\0]") and "data" or "zeroes")
end

function zero(handle, count, offset)
    note("zero", count, offset)
    if offset < 65536 then stele.fail("ENOTSUP", "zeroes are not supported here") end
    stele.fail("EIO", "the zeroes are lost")
end
