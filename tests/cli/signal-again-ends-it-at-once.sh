#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A second signal, when a server is ending already, ends it at once: nobody is waited for, and
# still no socket or folder is left.  Two in a row are one.
. "$SRCDIR/tests/functions"
need nbdsh pgrep

# What never returns, and in the language itself.
cat >endless.lua <<'END'
function pread(next, count, offset)
    io.open("hangs", "w"):close()
    while true do end
end
END

# A client that gets no answer.
ask () {
    nbdsh -u "$1" -c '
try:
    h.pread(1, 0)
except nbd.Error:
    print("no answer")
' >answer 2>&1
}

# signal_until_gone SIGNAL PROCESS
signal_until_gone () {
    while kill -$1 $2 2>/dev/null; do sleep 0.3; done
}

# end_at_once STATUS SIGNAL OPTIONS...: while a request hangs.
end_at_once () {
    wanted=$1 signal=$2 status=0
    shift 2
    rm -f hangs
    serve "$@"
    trap 'kill -KILL $server 2>/dev/null || :' EXIT # what this is about may not work
    ask "$uri" &
    client=$!
    wait_for test -e hangs
    signal_until_gone $signal $server
    wait $server || status=$?
    trap - EXIT
    wait $client
    same $status $wanted
    same "$(cat answer)" "no answer"
    [ ! -e socket ] || fail "the socket is left"
    same "$(ls -d "$TMPDIR"/stele-?????? 2>/dev/null)" ""
    [ ! -e unloaded ] || fail "the script was called once more"
    same "$(cat pid)" $server
}

nobody_sleeps () { ! pgrep -fx 'sleep 983\.5' >/dev/null; }

# A call of a shell script hangs, and then would its last.
for warm in auto off; do
    end_at_once 143 TERM eval warm=$warm get_size='echo 1M' \
        get_ready='mkdir -p "$tmpdir/a/b"; echo x >"$tmpdir/a/b/c"' \
        pread='touch hangs; sleep 983.5' unload='sleep 983.5; touch unloaded'
    wait_for nobody_sleeps
done
# A thread of the server itself hangs.
end_at_once 130 INT --filter=./endless.lua eval get_size='echo 1M' pread='exit 1' \
    get_ready='touch "$tmpdir/file"' unload='touch unloaded'
end_at_once 131 QUIT --filter=./endless.lua eval get_size='echo 1M' pread='exit 1'

# The server of a command that has ended does not, until the user has had enough.
cat >client.py <<'END'
import os, time
h.aio_pread(nbd.Buffer(1), 0)
while not os.path.exists("hangs"):
    h.poll(100)
open("ended", "w").close()
os._exit(7)
END
rm -f hangs
"$STELE" -U "$PWD/socket" -P "$PWD/pid" --filter=./endless.lua memory 1M \
    --run 'exec nbdsh -u "$uri" -c - <client.py' &
captive=$!
trap 'kill -KILL $captive $(cat pid) 2>/dev/null || :' EXIT
only_the_server () { [ "$(pgrep -P $captive)" = "$(cat pid)" ]; }
wait_for test -e ended
wait_for only_the_server
signal_until_gone INT $captive
status=0
wait $captive || status=$?
trap - EXIT
same $status 7
[ ! -e socket ] || fail "the socket of a captive is left"
[ ! -e /proc/$(cat pid) ] || fail "the server of a captive is left"

# Two in a row, whoever sends them: the request is finished, and all is in order.
cat >client.py <<'END'
import os, signal, time
data = nbd.Buffer(1)
cookie = h.aio_pread(data, 0)
while not os.path.exists("runs"):
    h.poll(100)
server = int(open("pid").read())
os.kill(server, signal.SIGTERM)
os.kill(server, signal.SIGINT)
os.kill(server, signal.SIGTERM)
open("go", "w").close()
while not h.aio_command_completed(cookie):
    h.poll(-1)
print(bytes(data.to_bytearray()))
END
serve eval get_size='echo 1M' unload='touch unloaded' \
    pread='touch runs; until [ -e go ]; do sleep 0.1; done; printf x'
same "$(nbdsh -u "$uri" -c - <client.py)" "b'x'"
wait $server || fail "it ended with $?"
trap - EXIT
[ -e unloaded ] || fail "unload was not called"
