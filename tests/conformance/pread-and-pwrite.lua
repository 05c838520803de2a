-- SPDX-License-Identifier: BSD-3-Clause
-- A megabyte that is kept in a table of single bytes.
local bytes = {}

function get_size(handle) return 1 << 20 end

function pread(handle, count, offset)
    local t = {}
    for i = 1, count do t[i] = bytes[offset + i - 1] or "\0" end
    return table.concat(t)
end

function pwrite(handle, data, offset)
    for i = 1, #data do bytes[offset + i - 1] = data:sub(i, i) end
end
