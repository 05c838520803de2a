-- SPDX-License-Identifier: BSD-3-Clause
-- The LIFE rows, noted in the file "calls" in the order in which they come.
local function note(...)
    local file <close> = assert(io.open("calls", "a"))
    file:write(table.concat({ ... }, " "), "\n")
end

function load() note("load") end
function config(key, value) note("config", key, value) end
function config_complete() note("config_complete") end
function get_ready() note("get_ready") end
function after_fork() note("after_fork") end
function preconnect(readonly) note("preconnect", tostring(readonly)) end

function open(readonly)
    note("open", stele.export_name(), tostring(readonly))
    return stele.export_name()
end

function close(handle) note("close", handle) end
function cleanup() note("cleanup") end
function unload() note("unload") end

function get_size(handle) return 1 << 20 end
function pread(handle, count, offset) return ("x"):rep(count) end
