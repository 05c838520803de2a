#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The pid file holds the process that serves, when it is ready and not before.
. "$SRCDIR/tests/functions"
need nbdinfo

serve memory 1M
same "$(cat pid)" "$server"
same "$(wc -l <pid)" 1
same "$(nbdinfo --size "$uri")" 1048576
stop_server
[ -e pid ] || fail "the pid file was removed"

# Overwritten, and written by whoever serves.
echo old >pid
"$STELE" -P pid memory 1M --run 'kill -0 $(cat pid) && [ $(cat pid) != $PPID ] && echo good' >out
same "$(cat out)" good

# Not there when the server did not come up.
rm pid
refused "$STELE" -f -P pid -U missing/socket memory 1M
[ ! -e pid ] || fail "a pid file without a server"
refused "$STELE" -f -P missing/pid -U sock memory 1M
holds "$said" "$PWD/missing/pid"
[ ! -e sock ] || fail "the socket is left"

# Nor one that it could not write: no file may have any bytes.
(
    trap '' XFSZ
    ulimit -f 0
    refused "$STELE" -f -P pid -U - memory 1M
    holds "$said" "$PWD/pid"
)
[ ! -e pid ] || fail "a pid file without a number"
