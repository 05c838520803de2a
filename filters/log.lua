-- SPDX-License-Identifier: BSD-3-Clause
-- log: write down what clients do, in a file, by a script, or both.  A line when a request
-- comes and one when it is answered; they belong together by their id.  Lines only ever
-- grow by fields at the end, because other programs read them.

description = "log every request to a file or a script"

parameters = {
    logfile = { "path", label = "FILENAME", doc = "where lines are written" },
    logappend = { "boolean", default = "false", doc = "keep what is in the file already" },
    logscript = { "string", label = "SCRIPT", doc = "shell commands to run for each line" },
}

thread_model = "parallel"

local file

-- As a shell would need it.  A client names its export: it must not forge lines.
local function quoted(text)
    text = text:gsub("%c", "?")
    if text:find("^[%w_@%%+=:,./-]+$") then return text end
    return '"' .. text:gsub('[\\"$`]', "\\%0") .. '"'
end

local function number(n) return ("0x%x"):format(n) end
local function bit(flags, b) return flags & b ~= 0 and 1 or 0 end
local function truth(b) return b and 1 or 0 end

local function timestamp()
    local now = stele.time()
    local microseconds = math.floor(now % 1 * 1e6)
    return os.date("%Y-%m-%d %H:%M:%S", math.floor(now)) .. (".%06d"):format(microseconds)
end

-- FIELDS is a list of texts "name=value".  KIND is PRINT, or ENTER and LEAVE of a pair.
local function line_write(kind, action, connection, id, fields)
    local words = { timestamp() }
    if connection then words[#words + 1] = "connection=" .. connection end
    words[#words + 1] = (kind == "LEAVE" and "..." or "") .. action
    if id then words[#words + 1] = "id=" .. id end
    table.move(fields, 1, #fields, #words + 1, words)
    if kind == "ENTER" then words[#words + 1] = "..." end
    file:write(table.concat(words, " "), "\n")
    file:flush()
end

local function script_run(kind, action, connection, id, fields)
    local set = { "act=" .. action, "type=" .. kind }
    if connection then set[#set + 1] = "connection=" .. connection end
    if id then set[#set + 1] = "id=" .. id end
    for _, field in ipairs(fields) do
        local name, list = field:match("^(%w+)=%((.*)%)$")
        set[#set + 1] = list and name .. "=" .. quoted(list) or field
    end
    os.execute(table.concat(set, "\n") .. "\n" .. config.logscript)
end

local function log(...)
    if file then line_write(...) end
    if config.logscript then script_run(...) end
end

function get_ready()
    if config.logfile then
        file = assert(io.open(config.logfile, config.logappend and "a" or "w"))
    end
    log("PRINT", "Ready", nil, nil, {})
end

function after_fork() log("PRINT", "Fork", nil, nil, {}) end

local preconnects = 0

function preconnect(readonly)
    preconnects = preconnects + 1
    log("ENTER", "Preconnect", nil, preconnects, { "readonly=" .. truth(readonly) })
    log("LEAVE", "Preconnect", nil, preconnects, { "return=0" })
end

local level = { none = 0, emulate = 1, native = 2 }

local function connect_fields(next)
    local minimum, preferred, maximum = next:block_size()
    return {
        "export=" .. quoted(stele.export_name()),
        "tls=" .. truth(stele.is_tls()),
        "size=" .. number(next:get_size()),
        "minsize=" .. number(minimum),
        "prefsize=" .. number(preferred),
        "maxsize=" .. number(maximum),
        "write=" .. truth(next:can_write()),
        "flush=" .. truth(next:can_flush()),
        "rotational=" .. truth(next:is_rotational()),
        "trim=" .. truth(next:can_trim()),
        "zero=" .. (next:can_zero() and 2 or truth(next:can_write())),
        "fua=" .. level[next:can_fua()],
        "extents=" .. truth(next:can_extents()),
        "cache=" .. level[next:can_cache()],
        "fast_zero=" .. truth(next:can_fast_zero()),
    }
end

function open(next)
    local h = { next = next, connection = stele.connection(), requests = 0 }
    log("PRINT", "Connect", h.connection, nil, connect_fields(next))
    return h
end

function close(h)
    log("PRINT", "Disconnect", h.connection, nil, { "transactions=" .. h.requests })
end

local types = { [0] = "", "hole", "zero", "hole,zero" }

local function extents_field(list)
    local words = {}
    for i, e in ipairs(list) do
        local kind = types[e.type] or number(e.type)
        words[i] = ('%s %s "%s"'):format(number(e.offset), number(e.length), kind)
    end
    return "extents=(" .. table.concat(words, " ") .. ")"
end

-- Define METHOD: log, do it below, log how it went.  DESCRIBE gives the fields of its
-- arguments, those after the handle.
local function logged(method, action, describe)
    _G[method] = function(h, ...)
        if not file and not config.logscript then return pass end
        h.requests = h.requests + 1
        local id = h.requests
        log("ENTER", action, h.connection, id, describe(...))
        local ok, answer = pcall(h.next[method], h.next, ...)
        local fields = { ok and "return=0" or "return=-1" }
        if not ok then fields[2] = "error=" .. (stele.errno_name(answer) or "EIO") end
        if ok and method == "extents" then table.insert(fields, 1, extents_field(answer)) end
        log("LEAVE", action, h.connection, id, fields)
        if not ok then error(answer, 0) end
        return answer
    end
end

local function range(count, offset, ...)
    return { "offset=" .. number(offset), "count=" .. number(count), ... }
end

logged("pread", "Read", function(count, offset) return range(count, offset) end)
logged("pwrite", "Write", function(data, offset, flags)
    return range(#data, offset, "fua=" .. bit(flags, stele.FUA))
end)
logged("flush", "Flush", function() return {} end)
logged("trim", "Trim", function(count, offset, flags)
    return range(count, offset, "fua=" .. bit(flags, stele.FUA))
end)
logged("zero", "Zero", function(count, offset, may_trim, flags)
    return range(count, offset, "trim=" .. truth(may_trim), "fua=" .. bit(flags, stele.FUA),
        "fast=" .. bit(flags, stele.FAST_ZERO))
end)
logged("extents", "Extents", function(count, offset, flags)
    return range(count, offset, "req_one=" .. bit(flags, stele.REQ_ONE))
end)
logged("cache", "Cache", function(count, offset) return range(count, offset) end)
