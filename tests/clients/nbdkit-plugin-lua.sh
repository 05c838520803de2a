#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# nbdkit's own lua plugin: it brings another Lua than the one in this server.
. "$SRCDIR/tests/functions"
need_nbdkit_plugin lua
need nbdsh
. "$SRCDIR/tests/clients/disk-of-a-script"

cat >disk.lua <<'SCRIPT'
local size

function dump_plugin()
    io.write("note=dumped by the script\n")
    io.flush()
end

function config(key, value)
    if key ~= "size" then error("no parameter " .. key) end
    size = math.tointeger(tonumber(value))
end

function open(readonly) return { bytes = ("\0"):rep(size) } end
function get_size(h) return size end
function can_write(h) return true end
function can_trim(h) return true end

function pread(h, count, offset)
    if offset >= size - 512 then error("this sector is bad") end
    return h.bytes:sub(offset + 1, offset + count)
end

function pwrite(h, bytes, offset)
    h.bytes = h.bytes:sub(1, offset) .. bytes .. h.bytes:sub(offset + #bytes + 1)
end

function zero(h, count, offset) pwrite(h, ("\0"):rep(count), offset) end
trim = zero
SCRIPT
try_script disk.lua EIO
