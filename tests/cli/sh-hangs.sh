#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# sh: a script that hangs does not keep the server from ending: the client is answered, and
# nothing of it is left.
. "$SRCDIR/tests/functions"
need nbdsh pgrep

nobody_sleeps () { ! pgrep -fx "sleep $1" >/dev/null; }

# A request hangs, after one that did not.
read_hangs () {
    serve eval warm=$1 thread_model="echo $3" get_size='echo 1M' \
        pread="[ \$4 = 0 ] || { printf x; exit; }; touch hangs; sleep $2; printf x" \
        unload='touch unloaded'
    nbdsh -u "$uri" -c '
h.pread(1, 1)
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
    wait_for nobody_sleeps $2
    same "$(ls -d "$TMPDIR"/stele-?????? 2>/dev/null)" ""
}

# A client does not even get in.
open_hangs () {
    serve eval warm=$1 get_size='echo 1M' open="touch hangs; exec sleep $2" pread='exit 1'
    nbdsh -c '
try:
    h.connect_uri("'"$uri"'")
except nbd.Error as e:
    print("refused")
' >answer 2>&1 &
    client=$!
    wait_for test -e hangs
    stop_server
    wait $client
    same "$(cat answer)" refused
    wait_for nobody_sleeps $2
}

# The server does not even start.
start_hangs () {
    "$STELE" -f -U sock eval warm=$1 get_size='echo 1M' pread='exit 1' \
        $3="touch hangs; sleep $2" 2>said &
    server=$!
    wait_for test -e hangs
    kill $server
    wait $server && fail "it was started"
    wait_for nobody_sleeps $2
    same "$(ls -d "$TMPDIR"/stele-?????? 2>/dev/null)" ""
}

# in FOLDER COMMAND...: at the same time as others
in_folder () {
    mkdir "$1"
    cd "$1"
    TMPDIR=$PWD
    shift
    "$@"
}

jobs=
in_folder read-warm read_hangs auto 987.51 serialize_requests & jobs="$jobs $!"
in_folder read-in-parallel read_hangs auto 987.57 parallel & jobs="$jobs $!"
in_folder read-started read_hangs off 987.52 parallel & jobs="$jobs $!"
in_folder open-warm open_hangs auto 987.53 & jobs="$jobs $!"
in_folder open-started open_hangs off 987.54 & jobs="$jobs $!"
in_folder get-ready start_hangs auto 987.55 get_ready & jobs="$jobs $!"
in_folder after-fork start_hangs auto 987.56 after_fork & jobs="$jobs $!"
for job in $jobs; do wait $job || fail "see above"; done
holds "$(cat after-fork/said)" "after_fork: the server ends"
