#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# null: reads as zero whatever was written; no size means none.
. "${0%/*}/clients.inc"

client null 1T <<'END'
assert h.get_size() == 1 << 40
h.pwrite(b"gone", 1 << 39)
assert h.pread(4, 1 << 39) == bytes(4)
h.zero(1 << 20, 0)
h.trim(1 << 20, 0)
h.flush()
END
client null <<'END'
assert h.get_size() == 0
END
refuses sise null sise=1M
