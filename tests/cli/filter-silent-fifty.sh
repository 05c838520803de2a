#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Fifty filters that define nothing stand between the client and the disk.
. "${0%/*}/clients.inc"

echo '-- says nothing' >silent.lua
set --
i=0
while [ $i -lt 50 ]; do
    set -- "$@" --filter=./silent.lua
    i=$((i + 1))
done
client "$@" memory 64M <<'END'
assert h.can_multi_conn() and h.can_fua() and h.can_zero()
h.pwrite(b"deep", 1 << 20)
assert h.pread(4, 1 << 20) == b"deep"
assert extents(h, 1 << 20, 0) == [(1 << 20, 3)]
END
