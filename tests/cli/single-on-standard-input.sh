#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# -s serves one client on standard input and output, and ends with it.
. "$SRCDIR/tests/functions"
need nbdsh

cat >client.py <<'END'
import os
h.connect_command([os.environ["STELE"], "-s", "memory", "1M"])
assert h.get_size() == 1 << 20
h.pwrite(b"hello", 5)
assert h.pread(6, 5) == b"hello\0"
h.shutdown()
END
nbdsh -c - <client.py

# Over two pipes, with a client that leaves at once.
"$STELE" -s memory 1M </dev/null | head -c 8 >out
same "$(cat out)" NBDMAGIC
