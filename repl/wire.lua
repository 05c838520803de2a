-- SPDX-License-Identifier: BSD-3-Clause
-- wire(uri): the NBD protocol by hand, a message at a time.
--
-- A well-behaved client cannot send what a test of a server must: wrong magics, lengths
-- that lie, options in the wrong order, half a message.  Here nothing is checked that is
-- sent, and all that comes back is shown.  Names and layouts are those of the NBD protocol
-- document.

local socket, show = ...
local pack, unpack, format, concat = string.pack, string.unpack, string.format, table.concat

local function numbers(list)
    local names = {}
    for name, n in pairs(list) do names[n] = name end
    return setmetatable(list, { __index = names })
end

local OPT = numbers { EXPORT_NAME = 1, ABORT = 2, LIST = 3, STARTTLS = 5, INFO = 6, GO = 7,
    STRUCTURED_REPLY = 8, LIST_META_CONTEXT = 9, SET_META_CONTEXT = 10, EXTENDED_HEADERS = 11 }
local REP = numbers { ACK = 1, SERVER = 2, INFO = 3, META_CONTEXT = 4,
    ERR_UNSUP = 0x80000001, ERR_POLICY = 0x80000002, ERR_INVALID = 0x80000003,
    ERR_PLATFORM = 0x80000004, ERR_TLS_REQD = 0x80000005, ERR_UNKNOWN = 0x80000006,
    ERR_SHUTDOWN = 0x80000007, ERR_BLOCK_SIZE_REQD = 0x80000008, ERR_TOO_BIG = 0x80000009,
    ERR_EXT_HEADER_REQD = 0x8000000a }
local CMD = numbers { READ = 0, WRITE = 1, DISC = 2, FLUSH = 3, TRIM = 4, CACHE = 5,
    WRITE_ZEROES = 6, BLOCK_STATUS = 7, RESIZE = 8 }
local FLAG = { FUA = 1, NO_HOLE = 2, DF = 4, REQ_ONE = 8, FAST_ZERO = 16, PAYLOAD_LEN = 32 }
local CHUNK = numbers { NONE = 0, OFFSET_DATA = 1, OFFSET_HOLE = 2, BLOCK_STATUS = 5,
    BLOCK_STATUS_EXT = 6, ERROR = 0x8001, ERROR_OFFSET = 0x8002 }
local ERROR = numbers { EPERM = 1, EIO = 5, ENOMEM = 12, EINVAL = 22, ENOSPC = 28,
    EOVERFLOW = 75, ENOTSUP = 95, ESHUTDOWN = 108 }
local INFO = numbers { EXPORT = 0, NAME = 1, DESCRIPTION = 2, BLOCK_SIZE = 3 }
local TRANSMISSION = { "HAS_FLAGS", "READ_ONLY", "SEND_FLUSH", "SEND_FUA", "ROTATIONAL",
    "SEND_TRIM", "SEND_WRITE_ZEROES", "SEND_DF", "CAN_MULTI_CONN", "SEND_RESIZE", "SEND_CACHE",
    "SEND_FAST_ZERO", "BLOCK_STAT_PAYLOAD" }

local NBD_MAGIC, OPTS_MAGIC, REP_MAGIC = "NBDMAGIC", "IHAVEOPT", 0x0003e889045565a9
local REQUEST, EXTENDED_REQUEST = 0x25609513, 0x21e41c71
local SIMPLE, STRUCTURED, EXTENDED = 0x67446698, 0x668e33ef, 0x6e8a278c

-- A number that may be written as its name.
local function number(of, value, what)
    if math.type(value) == "integer" then return value end
    return of[value] or error("'" .. tostring(value) .. "' is not " .. what, 3)
end

-- Flags: a number, a name, or a list of names.
local function flags(value)
    if type(value) ~= "table" then return value and number(FLAG, value, "a command flag") or 0 end
    local sum = 0
    for _, name in ipairs(value) do sum = sum | number(FLAG, name, "a command flag") end
    return sum
end

local function flag_names(n)
    local names = {}
    for i, name in ipairs(TRANSMISSION) do
        if n >> (i - 1) & 1 == 1 then names[#names + 1] = name end
    end
    return concat(names, " ")
end

-- "4e 42 44" or "4e4244" as bytes.
local function from_hex(text)
    return (text:gsub("%s+", ""):gsub("%x%x", function(h) return string.char(tonumber(h, 16)) end))
end

-- Replies are tables that are shown as a line: their words, then what else they carry.

local WORDS = { "reply", "info", "type" }
local CARRIED = { "cookie", "at", "offset", "hole", "context", "id", "size", "minimum", "preferred",
    "maximum", "flags", "name", "description", "error", "error_offset", "count", "option", "text",
    "data" }

local BARE = { error = true, flags = true, option = true }

local function show_extents(list)
    local texts = {}
    for i, e in ipairs(list) do texts[i] = e.length .. "/" .. e.type end
    return "extents=" .. concat(texts, ",")
end

local function show_reply(t)
    local line = {}
    for _, name in ipairs(WORDS) do line[#line + 1] = t[name] end
    if t.done then line[#line + 1] = "done" end
    for _, name in ipairs(CARRIED) do
        local value = t[name]
        if type(value) == "string" and not BARE[name] then value = show(value) end
        if value and tostring(value):find("\n") then value = "\n" .. value:gsub("[^\n]+", "  %0") end
        if value then line[#line + 1] = name .. "=" .. value end
    end
    if t.extents then line[#line + 1] = show_extents(t.extents) end
    return concat(line, " ")
end

local function show_replies(list)
    local lines = {}
    for i, t in ipairs(list) do lines[i] = show_reply(t) end
    return concat(lines, "\n")
end

local reply = { __tostring = show_reply }
local replies = { __tostring = show_replies }

local wire = {}
wire.__index, wire.__name = wire, "wire"

function wire:__tostring() return "wire " .. self.uri end

-- Bytes out: strings as they are, all in one piece.
function wire:send(...) self.socket:send(concat { ... }) end

-- Exactly N bytes in; fewer only if the server has hung up.
function wire:recv(n) return self.socket:recv(n) end

function wire:need(n, what)
    local bytes = self.socket:recv(n)
    if #bytes < n then
        error(format("the server has hung up: %d of %d bytes of %s", #bytes, n, what or "a message"), 0)
    end
    return bytes
end

-- These very bytes must come, as a string or as hexadecimal digits in {}: expect{"4e42 44"}.
function wire:expect(wanted)
    if type(wanted) == "table" then wanted = from_hex(concat(wanted)) end
    local got = self.socket:recv(#wanted)
    if got ~= wanted then error("got " .. show(got) .. ", not " .. show(wanted), 0) end
    return true
end

-- Has the server hung up?  Waits for it; anything else that comes is an error.
function wire:eof()
    local got = self.socket:recv(1)
    if #got > 0 then error(format("the server has not hung up but sent 0x%02x", got:byte()), 0) end
    return true
end

function wire:finish() self.socket:finish() end
function wire:close() self.socket:close() end
function wire:timeout(seconds) self.socket:set_timeout(seconds) end

-- The server's greeting, and our flags in answer (default: what it offered); gives its flags.
function wire:handshake(t)
    local magic, opts, offered = unpack(">c8c8I2", self:need(18, "the greeting"))
    if magic ~= NBD_MAGIC then error("the greeting begins with " .. show(magic), 0) end
    if opts ~= OPTS_MAGIC then
        error("the server speaks the oldstyle handshake; read it with w:oldstyle()", 0)
    end
    local ours = t and t.flags or offered & 3
    self.no_zeroes = ours & 2 == 2
    self:send(pack(">I4", ours))
    return offered
end

function wire:oldstyle()
    local magic, opts, size, f = unpack(">c8I8I8I4", self:need(28, "the greeting"))
    self:need(124, "the zeroes behind it")
    return setmetatable({ magic = magic, cliserv = opts, size = size, flags = flag_names(f) }, reply)
end

-- One option's header and data, without waiting for an answer.
function wire:send_option(option, data, length)
    data = data or ""
    self:send(OPTS_MAGIC, pack(">I4I4", number(OPT, option, "an option"), length or #data), data)
end

local readers = {}

function readers.SERVER(data)
    local name, rest = unpack(">s4", data)
    return { name = name, description = data:sub(rest) ~= "" and data:sub(rest) or nil }
end

function readers.META_CONTEXT(data)
    return { id = unpack(">I4", data), name = data:sub(5) }
end

function readers.INFO(data)
    local kind = unpack(">I2", data)
    local t = { info = INFO[kind] or kind }
    if kind == INFO.EXPORT and #data == 12 then
        local size, f = unpack(">I8I2", data, 3)
        t.size, t.flags = size, flag_names(f)
    elseif kind == INFO.BLOCK_SIZE and #data == 14 then
        t.minimum, t.preferred, t.maximum = unpack(">I4I4I4", data, 3)
    else
        t.text = data:sub(3)
    end
    return t
end

-- One reply to an option.
function wire:option_reply(expected)
    local magic, option, kind, length = unpack(">I8I4I4I4", self:need(20, "an option reply"))
    if magic ~= REP_MAGIC then error(format("an option reply begins with 0x%016x", magic), 0) end
    local data = self:need(length, "an option reply's data")
    local name = REP[kind]
    local t = name and readers[name] and readers[name](data) or { text = data ~= "" and data or nil }
    t.reply = name or format("0x%x", kind)
    if option ~= expected then t.option = OPT[option] or option end
    return setmetatable(t, reply)
end

-- Send an option and collect its replies, up to the last.
function wire:option(option, data, length)
    option = number(OPT, option, "an option")
    self:send_option(option, data, length)
    local list = setmetatable({}, replies)
    repeat
        local t = self:option_reply(option)
        list[#list + 1] = t
    until t.reply == "ACK" or t.reply:find("^ERR_") or t.reply:find("^0x")
    if list[#list].reply == "ACK" and option == OPT.EXTENDED_HEADERS then self.extended = true end
    return list
end

-- The data of INFO and GO: a name and the kinds of information that are asked for.
function wire.info_data(name, ...)
    local kinds, data = { ... }, {}
    for i, kind in ipairs(kinds) do data[i] = pack(">I2", number(INFO, kind, "a kind of info")) end
    return pack(">s4I2", name or "", #kinds) .. concat(data)
end

-- The data of LIST_ and SET_META_CONTEXT: a name and queries.
function wire.context_data(name, ...)
    local queries, data = { ... }, {}
    for i, query in ipairs(queries) do data[i] = pack(">s4", query) end
    return pack(">s4I4", name or "", #queries) .. concat(data)
end

function wire:go(name, ...) return self:option("GO", wire.info_data(name, ...)) end
function wire:info(name, ...) return self:option("INFO", wire.info_data(name, ...)) end
function wire:set_meta_context(name, ...)
    return self:option("SET_META_CONTEXT", wire.context_data(name, ...))
end
function wire:list_meta_context(name, ...)
    return self:option("LIST_META_CONTEXT", wire.context_data(name, ...))
end

-- The oldest way into an export; it has no errors but hanging up.
function wire:export_name(name)
    self:send_option("EXPORT_NAME", name or "")
    local size, f = unpack(">I8I2", self:need(10, "the answer to EXPORT_NAME"))
    if not self.no_zeroes then self:need(124, "the zeroes behind it") end
    return setmetatable({ size = size, flags = flag_names(f) }, reply)
end

-- All that is usual before the first request: wire(uri):start{ structured=true, ... }.
function wire:start(t)
    t = t or {}
    self:handshake()
    if t.extended then self:option("EXTENDED_HEADERS") end
    if t.structured then self:option("STRUCTURED_REPLY") end
    if t.context then self:set_meta_context(t.export, t.context) end
    local list = self:go(t.export)
    if list[#list].reply ~= "ACK" then error("GO: " .. tostring(list[#list]), 0) end
    return self
end

-- A request: type (its name or number), offset, length (default: of the data), flags, cookie,
-- data; magic and extended to say otherwise than was negotiated.
function wire:request(t)
    local extended = self.extended
    if t.extended ~= nil then extended = t.extended end
    local data = t.data or ""
    self.cookie = t.cookie or (self.cookie or 0) + 1
    self:send(pack(extended and ">I4I2I2I8I8I8" or ">I4I2I2I8I8I4",
        t.magic or (extended and EXTENDED_REQUEST or REQUEST), flags(t.flags),
        number(CMD, t.type or "READ", "a command"), self.cookie, t.offset or 0,
        t.length or #data), data)
end

local function error_name(n) return n ~= 0 and (ERROR[n] or n) or nil end

local chunks = {}

function chunks.OFFSET_DATA(t, data) t.offset, t.data = unpack(">I8", data), data:sub(9) end
function chunks.OFFSET_HOLE(t, data) t.offset, t.hole = unpack(">I8I4", data) end

function chunks.BLOCK_STATUS(t, data)
    t.context, t.extents = unpack(">I4", data), {}
    for at = 5, #data - 7, 8 do
        local length, kind = unpack(">I4I4", data, at)
        t.extents[#t.extents + 1] = { length = length, type = kind }
    end
end

function chunks.BLOCK_STATUS_EXT(t, data)
    local count
    t.context, count = unpack(">I4I4", data)
    t.extents = {}
    for at = 9, #data - 15, 16 do
        local length, kind = unpack(">I8I8", data, at)
        t.extents[#t.extents + 1] = { length = length, type = kind }
    end
    if count ~= #t.extents then t.count = count end
end

function chunks.ERROR(t, data)
    local n, text, at = unpack(">I4s2", data)
    t.error, t.text = error_name(n) or 0, text ~= "" and text or nil
    return at
end

function chunks.ERROR_OFFSET(t, data)
    t.error_offset = unpack(">I8", data, chunks.ERROR(t, data))
end

local function read_chunk(t, kind, data)
    t.type = CHUNK[kind] or format("0x%04x", kind)
    if chunks[t.type] then
        chunks[t.type](t, data)
    elseif data ~= "" then
        t.data = data
    end
    return setmetatable(t, reply)
end

-- One reply, or one chunk of one: whichever of the three forms comes.  A simple reply has its
-- data only if it is said how much: reply(512).
function wire:reply(length)
    local magic = unpack(">I4", self:need(4, "a reply"))
    if magic == SIMPLE then
        local e, cookie = unpack(">I4I8", self:need(12, "a simple reply"))
        local data = e == 0 and length and self:need(length, "a reply's data") or nil
        return setmetatable({ reply = "simple", error = error_name(e), cookie = cookie, data = data },
                            reply)
    elseif magic == STRUCTURED then
        local f, kind, cookie, n = unpack(">I2I2I8I4", self:need(16, "a structured reply"))
        return read_chunk({ reply = "structured", done = f & 1 == 1, cookie = cookie },
                          kind, self:need(n, "a chunk"))
    elseif magic == EXTENDED then
        local f, kind, cookie, offset, n = unpack(">I2I2I8I8I8", self:need(28, "an extended reply"))
        return read_chunk({ reply = "extended", done = f & 1 == 1, cookie = cookie, at = offset },
                          kind, self:need(n, "a chunk"))
    end
    error(format("a reply begins with 0x%08x", magic), 0)
end

-- All chunks of one reply, up to the last.
function wire:replies(length)
    local list = setmetatable({}, replies)
    repeat
        local t = self:reply(length)
        list[#list + 1] = t
    until t.reply == "simple" or t.done
    return list
end

-- A request and all that answers it.
function wire:ask(t)
    self:request(t)
    return self:replies(number(CMD, t.type or "READ", "a command") == CMD.READ and t.length or nil)
end

local function decode(text)
    return (text:gsub("%%(%x%x)", function(h) return string.char(tonumber(h, 16)) end))
end

local function connect(uri)
    local path = uri:match("[?&]socket=([^&]*)") or uri:match("^/.*")
    if path then return socket.unix(decode(path)) end
    local host, port = uri:match("^nbd://%[([^%]]*)%]:?(%d*)")
    if not host then host, port = uri:match("^nbd://([^/:]*):?(%d*)") end
    if not host then error("'" .. uri .. "' is neither a URI of NBD nor the path of a socket", 3) end
    return socket.tcp(decode(host), port ~= "" and port or "10809")
end

return function(uri)
    if type(uri) ~= "string" then error("wire: which server?  wire(s.uri)", 2) end
    return setmetatable({ uri = uri, socket = connect(uri) }, wire)
end
