#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# --run serves on a private socket, in a folder for nobody else, which is gone afterwards.
. "$SRCDIR/tests/functions"

"$STELE" memory 1M --run 'stat -c %a "${unixsocket%/*}"; [ -S "$unixsocket" ] && echo there' >out
same "$(cat out)" "700
there"
"$STELE" -U - memory 1M --run 'echo "$unixsocket"' >out
[ ! -e "$(cat out)" ] || fail "the socket is left"
[ ! -e "$(dirname "$(cat out)")" ] || fail "the folder is left"
TMPDIR=/nonexistent refused "$STELE" memory 1M --run true
holds "$said" /nonexistent

# Also when the whole is told to end.
"$STELE" -U sock memory 1M --run 'touch started; exec sleep 20' &
pid=$!
wait_for test -e started
kill -TERM $pid
got=0
wait $pid || got=$?
same $got 143
[ ! -e sock ] || fail "the socket is left after SIGTERM"

# And when the one who would tell it is killed.
rm started
"$STELE" -P pid -U sock memory 1M --run 'touch started; exec sleep 3' &
pid=$!
wait_for test -e started
kill -KILL $pid
wait $pid 2>/dev/null || :
wait_for test ! -e sock
