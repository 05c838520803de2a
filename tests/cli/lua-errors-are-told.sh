#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A script's error says which callback, file and line, once, and ends no more than its request.
. "$SRCDIR/tests/functions"
need nbdsh

cat >disk.lua <<'END'
get_size = "1M"
local function deep(offset) error("broken at " .. offset) end
function pread(h, count, offset)
    if offset < 4096 then return ("a"):rep(count) end
    if offset < 8192 then stele.fail("ENOSPC", "no space at", offset) end
    if offset < 12288 then return "short" end
    deep(offset)
end
END

said=$("$STELE" disk.lua --run 'nbdsh -u "$uri" -c - <<END
for offset in 4096, 8192, 12288, 0:
    try:
        print(bytes(h.pread(8, offset)))
    except nbd.Error as e:
        print(e.errno)
END' 2>log)
same "$said" "ENOSPC
EIO
EIO
b'aaaaaaaa'"
holds "$(cat log)" "pread: no space at 4096"
holds "$(cat log)" "disk.lua:3: the function returned 5 bytes, and 8 were asked for"
holds "$(cat log)" "disk.lua:2: broken at 12288"
holds "$(cat log)" "in upvalue 'deep'"
same "$(grep -c 'broken at' log)" 1
same "$(grep -c 'no space at' log)" 1

echo 'x = = 1' >wrong.lua
refused "$STELE" wrong.lua --run true
holds "$said" "wrong.lua:1: "
echo 'get_size = "1M" function get_ready() error("not today", 0) end' >later.lua
refused "$STELE" later.lua --run true
holds "$said" "get_ready: not today"
same "$(echo "$said" | grep -c 'not today')" 1
