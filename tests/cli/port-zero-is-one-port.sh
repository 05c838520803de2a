#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# With -p 0 the port is the same for IPv4 and IPv6, and is told.
. "$SRCDIR/tests/functions"
need nbdinfo

"$STELE" -p 0 memory 1M --run '
    nbdinfo --size "nbd://127.0.0.1:$port"
    if [ -s /proc/net/if_inet6 ]; then nbdinfo --size "nbd://[::1]:$port"; else echo 1048576; fi' >out
same "$(cat out)" "1048576
1048576"
same "$("$STELE" -4 -p 0 memory 1M --run 'nbdinfo --size "nbd://[::1]:$port" 2>/dev/null || echo none')" none
