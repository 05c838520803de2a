-- SPDX-License-Identifier: BSD-3-Clause
-- A read takes until there is a file "go"; the file "calls" has when each began and ended.
-- Parameters: model=, the thread model.
local model = "parallel"

local function note(...)
    local file <close> = assert(io.open("calls", "a"))
    file:write(table.concat({ ... }, " "), "\n")
end

local function is_go()
    local file <close> = io.open("go")
    return file ~= nil
end

function config(key, value) model = value end
function thread_model() return model end
function get_size(handle) return 1 << 20 end

function pread(handle, count, offset)
    note("begin", offset)
    while not is_go() do stele.sleep(0.01) end
    note("end", offset)
    return ("x"):rep(count)
end
