#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# offset: a part of the disk, and no byte outside of it.
. "${0%/*}/clients.inc"

client --filter=offset pattern 1M offset=4096 range=8192 <<'END'
import struct
assert h.get_size() == 8192
assert h.pread(8, 0) == struct.pack(">Q", 4096)
assert h.pread(8, 8184) == struct.pack(">Q", 4096 + 8184)
END
client --filter=offset pattern 1M offset=1M <<'END'
assert h.get_size() == 0
END
client --filter=offset memory 1M range=512k <<'END'
assert h.get_size() == 512 << 10
fails("EINVAL", h.pread, 1, 512 << 10)
h.zero(512 << 10, 0)
END
truncate -s 12k disk
client --filter=offset file disk offset=4k range=4k <<'END'
h.pwrite(b"x" * 4096, 0)
END
test "$(tr -d '\0' <disk | wc -c)" = 4096 || fail "written outside of the part"
test "$(head -c 8192 disk | tail -c 4096 | tr -d '\0' | wc -c)" = 4096 || fail "written elsewhere"

refuses 'past the end' --filter=offset memory 1M offset=2M
refuses 'past the end' --filter=offset memory 1M offset=512k range=1M
refuses "offset" --filter=offset memory 1M ofset=512
