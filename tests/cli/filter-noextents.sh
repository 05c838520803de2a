#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# noextents: no holes to be seen, and nothing else changed.
. "${0%/*}/clients.inc"

client --filter=noextents memory 1M <<'END'
assert extents(h, 1 << 20) == [(1 << 20, 0)]
h.pwrite(b"x", 0)
h.zero(512, 0)
assert h.pread(1, 0) == b"\0"
END
