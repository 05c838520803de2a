#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# sh: a script that hangs does not keep the server from ending: the client is answered, and
# nothing of it is left.
. "$SRCDIR/tests/functions"
need nbdsh pgrep

nobody_sleeps () { ! pgrep -fx 'sleep 987.5' >/dev/null; }

for warm in auto off; do
    serve eval warm=$warm get_size='echo 1M' \
        pread='touch hangs; sleep 987.5; printf x' unload='touch unloaded'
    nbdsh -u "$uri" -c '
try:
    h.pread(1, 0)
except nbd.Error as e:
    print(e.errno)
' >answer 2>&1 &
    client=$!
    wait_for test -e hangs
    start=$(date +%s)
    stop_server
    [ $(($(date +%s) - start)) -lt 9 ] || fail "it took too long"
    wait $client
    same "$(cat answer)" ESHUTDOWN
    [ -e unloaded ] || fail "unload was not called"
    wait_for nobody_sleeps
    rm hangs unloaded
done
same "$(ls -d stele-?????? 2>/dev/null)" ""
