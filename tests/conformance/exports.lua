-- SPDX-License-Identifier: BSD-3-Clause
-- A disk for each name; its bytes are the name.
local sizes = { one = 1000, two = 2000 }

function list_exports(readonly, is_tls)
    return { { "one", "the first disk" }, { "two", readonly and "read-only" or "writable" }, "broken" }
end

function default_export(readonly, is_tls) return "one" end

function open(readonly)
    local name = stele.export_name()
    if name == "" then name = default_export() end
    if not sizes[name] then stele.fail("ENOENT", "there is no disk '" .. name .. "'") end
    return { name = name, readonly = readonly }
end

function export_description(handle)
    return handle.name .. (handle.readonly and " for reading" or "")
end

function get_size(handle) return sizes[handle.name] end
function can_write(handle) return handle.name == "two" end
function pread(handle, count, offset) return (handle.name:rep(count)):sub(1, count) end
function pwrite(handle, data, offset) end
