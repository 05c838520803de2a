#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# error: the chosen requests fail with the chosen error; all others are untouched.
. "${0%/*}/clients.inc"

client --filter=error memory 1M error=ENOSPC error-pwrite-rate=100% error-zero-rate=1 <<'END'
fails("ENOSPC", h.pwrite, b"x" * 512, 0)
fails("ENOSPC", h.zero, 512, 0)
h.trim(512, 0)
assert h.pread(512, 0) == bytes(512)
assert extents(h, 1 << 20)
END
client --filter=error memory 1M error-rate=100% error-pread=EPERM error-trim-rate=0 \
    error-file="$PWD/flag" <<'END'
h.pread(512, 0)
open("flag", "w").close()
fails("EPERM", h.pread, 512, 0)
fails("EIO", h.pwrite, b"x", 0)
fails("EIO", extents, h, 512)
h.trim(512, 0)
os.unlink("flag")
h.pread(512, 0)
END
client --filter=error memory 1M error-pread-rate=50% <<'END'
failed = 0
for i in range(200):
    try:
        h.pread(512, 0)
    except nbd.Error:
        failed += 1
assert 50 < failed < 150, failed
END
refuses 'at most 100%' --filter=error memory 1M error-rate=2
refuses ENOSPC --filter=error memory 1M error=ENOSPCE
