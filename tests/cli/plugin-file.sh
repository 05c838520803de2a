#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# file: what is written arrives in the file, holes are holes, and mistakes are named.
. "${0%/*}/clients.inc"

truncate -s 1M disk
client file disk <<'END'
assert h.get_size() == 1 << 20
h.pwrite(b"hello", 100000, nbd.CMD_FLAG_FUA)
assert extents(h, 1 << 20)[0][1] == 3
h.pwrite(b"x" * 65536, 524288)
h.flush()
h.trim(65536, 524288)
assert h.pread(65536, 524288) == bytes(65536)
END
test "$(tail -c +100001 disk | head -c 5)" = hello || fail "not written to the file"

client file file=disk fadvise=sequential reduce-memory-pressure=true <<'END'
assert h.pread(5, 100000) == b"hello"
END
client file disk cache=none fadvise=random <<'END'
assert h.pread(5, 100000) == b"hello"
END
client -r file disk <<'END'
assert h.is_read_only()
END
exec 7<disk
client file fd=7 <<'END'
assert h.pread(5, 100000) == b"hello"
END

refuses 'no such file' file missing
refuses 'what to serve' file
refuses 'only one' file disk dir=.
refuses 'fadvise' file disk fadvise=randm
"$STELE" file --help | grep -q 'reduce-memory-pressure=' || fail "--help lacks reduce-memory-pressure="
