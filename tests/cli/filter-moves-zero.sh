#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A filter that moves bytes in pread and pwrite and says nothing of zero, trim and extents:
# zeroes are moved like all other data, and no hole is claimed where its reader sees none.
. "${0%/*}/clients.inc"

cat >xor.lua <<'END'
local function flip(data)
    return (data:gsub(".", function(c) return string.char(c:byte() ~ 0x55) end))
end
function pread(next, count, offset) return flip(next:pread(count, offset)) end
function pwrite(next, data, offset) next:pwrite(flip(data), offset) end
END
client --filter=./xor.lua memory 64k <<'END'
assert h.pread(4, 0) == b"\x55" * 4
assert extents(h, 65536) == [(65536, 0)]
h.pwrite(b"secret", 1000)
h.zero(65536, 0)
assert h.pread(65536, 0) == bytes(65536)
END

cat >shift.lua <<'END'
function get_size(next) return next:get_size() - 4096 end
function pread(next, count, offset) return next:pread(count, offset + 4096) end
function pwrite(next, data, offset) next:pwrite(data, offset + 4096) end
END
truncate -s 12k disk
tr '\0' x <disk >full && mv full disk
client --filter=./shift.lua file disk <<'END'
assert h.get_size() == 8192
h.zero(4096, 0)
h.zero(1, 8191)
try: h.trim(4096, 4096)
except nbd.Error: pass
END
test "$(head -c 4096 disk | tr -d x | wc -c)" = 0 || fail "zeroes below the part that was moved"
test "$(head -c 8192 disk | tail -c 4096 | tr -d '\0' | wc -c)" = 0 || fail "not zeroed"
test "$(tail -c 4096 disk | tr -d x | wc -c)" = 1 || fail "zeroed or trimmed elsewhere"
