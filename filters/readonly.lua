-- SPDX-License-Identifier: BSD-3-Clause
-- readonly: nobody writes.  With readonly-file=PATH nobody writes while that file exists:
-- the client is then told that the disk is writable, and each write asks again.

description = "make the disk read-only, always or for a while"

parameters = {
    ["readonly-file"] = { "path", label = "FILENAME", doc = "read-only only while this file exists" },
}

thread_model = "parallel"

function can_write(next) return config["readonly-file"] ~= nil and next:can_write() end

local function writing()
    local path = config["readonly-file"]
    if path and stele.exists(path) then stele.fail("EROFS", "read-only while " .. path .. " exists") end
    return pass
end

pwrite, trim, zero = writing, writing, writing
