#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# pattern: every 8 bytes are their own offset, from whichever byte one begins.
. "${0%/*}/clients.inc"

client pattern 9223372036854775807 <<'END'
import struct
assert h.get_size() == (1 << 63) - 1
assert h.pread(32, 64) == struct.pack(">4Q", 64, 72, 80, 88)
assert h.pread(3, 0x123456789ab5) == struct.pack(">Q", 0x123456789ab0)[5:8]
assert h.pread(7, (1 << 63) - 8) == struct.pack(">Q", (1 << 63) - 8)[:7]
assert h.is_read_only()
END
refuses size pattern
