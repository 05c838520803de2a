#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The example of the Lua side does what its head says.
. "$SRCDIR/tests/functions"
need nbdsh

"$STELE" "$SRCDIR/languages/lua/example.lua" 2M --run 'nbdsh -u "$uri" -c - <<END
assert h.get_size() == 2 << 20
h.pwrite(b"stele", 100)
assert bytes(h.pread(7, 99)) == b"\0stele\0"
h.zero(2, 101)
h.flush()
assert bytes(h.pread(5, 100)) == b"s\0\0le"
END'
