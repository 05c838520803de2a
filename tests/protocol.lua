-- SPDX-License-Identifier: BSD-3-Clause
-- What the transcripts protocol-*.repl share: one server, three clients, one for each form
-- of replies.  No client checks what it sends.

local FORMS = { simple = false, structured = "STRUCTURED_REPLY", extended = "EXTENDED_HEADERS" }
local FLAGS = { FUA = 1, NO_HOLE = 2, DF = 4, REQ_ONE = 8, FAST_ZERO = 16, PAYLOAD_LEN = 32 }

-- Connect three clients, the globals simple, structured and extended, to the server's
-- default export; the two that can select metadata CONTEXTS do.
function three(server, ...)
    for form, option in pairs(FORMS) do
        local w = wire(server.uri)
        w:handshake()
        if option then w:option(option) end
        if option and ... then w:set_meta_context("", ...) end
        w:go("")
        _G[form] = w
    end
end

local function number(flags)
    if type(flags) ~= "table" then return FLAGS[flags] or flags or 0 end
    local sum = 0
    for _, name in ipairs(flags) do sum = sum | FLAGS[name] end
    return sum
end

-- Ask all three the same, and print what each is answered.  The extended one says that a
-- payload follows a WRITE, as it must.
function ask(t)
    for _, w in ipairs { simple, structured, extended } do
        local flags = number(t.flags)
        if w == extended and t.type == "WRITE" then flags = flags | FLAGS.PAYLOAD_LEN end
        print(w:ask { type = t.type, offset = t.offset, length = t.length, data = t.data,
                      flags = flags })
    end
end
