#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# ones: every byte the same, read-only.
. "${0%/*}/clients.inc"

client ones 1M <<'END'
assert h.pread(1 << 20, 0) == b"\xff" * (1 << 20)
assert h.is_read_only()
END
client ones 1M byte=0x55 <<'END'
assert h.pread(3, 12345) == b"\x55" * 3
END
refuses byte ones 1M byte=256
