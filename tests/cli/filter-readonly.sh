#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# readonly: always, or while a file exists.
. "${0%/*}/clients.inc"

client --filter=readonly memory 1M <<'END'
assert h.is_read_only()
END
client --filter=readonly memory 1M readonly-file="$PWD/flag" <<'END'
assert not h.is_read_only()
h.pwrite(b"before", 0)
open("flag", "w").close()
for work, args in ((h.pwrite, (b"during", 0)), (h.zero, (512, 0)), (h.trim, (512, 0))):
    fails("EPERM", work, *args)
assert h.pread(6, 0) == b"before"
os.unlink("flag")
h.pwrite(b"after!", 0)
assert h.pread(6, 0) == b"after!"
END
client --filter=readonly pattern 1M readonly-file="$PWD/flag" <<'END'
assert h.is_read_only()
END
