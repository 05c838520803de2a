#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# sh: of a server that is killed nothing is left running: neither a call, whatever it waits for
# and has started, nor a shell that waits for calls.
. "$SRCDIR/tests/functions"
need nbdsh pgrep

none () { ! pgrep -f "$1" >/dev/null; }

cat >disk.sh <<'END_OF_SCRIPT'
#!/bin/sh
case $1 in
    thread_model) echo parallel ;;
    get_size) echo 1M ;;
    pread)
        sleep 986.5 &
        trap '' TERM HUP INT
        touch "hangs-$4"
        sleep 986.5
        sleep 986.5 ;;
    *) exit 2 ;;
esac
END_OF_SCRIPT
chmod +x disk.sh

for warm in auto off; do
    rm -f hangs-*
    serve ./disk.sh warm=$warm
    nbdsh -u "$uri" -c '
h.aio_pread(nbd.Buffer(1), 0)
h.aio_pread(nbd.Buffer(1), 1)
while h.aio_in_flight():
    h.poll(-1)' >/dev/null 2>&1 &
    client=$!
    wait_for test -e hangs-0 -a -e hangs-1
    kill -9 $server
    wait $server || :
    wait $client || :
    trap - EXIT
    wait_for none 'sleep 986\.5'
    wait_for none "$PWD/disk.sh"
    rm -rf stele-??????
done

# What a script leaves behind on purpose is left alone by a server that ends.
for warm in auto off; do
    serve eval warm=$warm get_size='sleep 985.5 >/dev/null 2>&1 & echo $! >pid-of-sleep; echo 1M' \
        pread='exit 1'
    nbdsh -u "$uri" -c pass
    stop_server
    kill -0 "$(cat pid-of-sleep)" || fail "it was killed"
    kill "$(cat pid-of-sleep)"
done

# A call has nothing of the server's open but its standard streams, and what ends it as above.
usual=$(ls /proc/self/fd | wc -w)
for warm in auto off; do
    "$STELE" -U - eval warm=$warm get_size='ls /proc/self/fd | wc -w >open; echo 1M' \
        pread='exit 1' --run 'nbdsh -u "$uri" -c pass'
    [ "$(cat open)" -le $((usual + 1)) ] || fail "a call has $(cat open) descriptors, not $usual + 1"
done
