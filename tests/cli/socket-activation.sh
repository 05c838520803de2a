#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A service manager's sockets are served (LISTEN_FDS), and stand for all other ones.
. "$SRCDIR/tests/functions"
need python3 nbdsh

cat >client.py <<'END'
import os
h.connect_systemd_socket_activation([os.environ["STELE"], "memory", "1M"])
assert h.get_size() == 1 << 20
h.shutdown()
END
nbdsh -c - <client.py

cat >hand.py <<'END'
import os, socket, sys
kind, count, *command = sys.argv[1:]
sockets = [socket.socket(socket.AF_UNIX) for i in range(int(kind))]
for i, s in enumerate(sockets):
    s.bind("sock%d" % i)
    s.listen()
    os.dup2(os.dup(s.fileno()), 20 + i)
for i in range(int(kind)):
    os.dup2(20 + i, 3 + i)
os.environ["LISTEN_PID"] = str(os.getpid())
os.environ["LISTEN_FDS"] = count
os.execv(command[0], command)
END
for options in "-U x" "-p 0" "-i 127.0.0.1" "-s" "--run true"; do
    rm -f sock*
    refused env -u LISTEN_FDS sh -c 'rm -f sock*; exec python3 hand.py 1 1 "$STELE" memory 1M '"$options"
    holds "$said" LISTEN_FDS
done
for count in 0 17 x; do
    refused sh -c "rm -f sock*; exec python3 hand.py 1 $count \"\$STELE\" memory 1M"
    holds "$said" LISTEN_FDS
done
# Descriptors that are no listening sockets.
refused env sh -c 'LISTEN_PID=$$ LISTEN_FDS=1 exec "$STELE" memory 1M 3</dev/null'
holds "$said" "descriptor 3"
# Somebody else's.
same "$(LISTEN_PID=1 LISTEN_FDS=1 "$STELE" memory 1M --run 'echo "${LISTEN_PID-none}"')" none

# Two sockets; an exec from the server sees nothing of it; no fork.
rm -f sock*
python3 hand.py 2 2 "$STELE" -P pid memory 1M &
server=$!
trap 'kill $server 2>/dev/null || :' EXIT
wait_for test -s pid
same "$(cat pid)" $server
need nbdinfo
for i in 0 1; do same "$(nbdinfo --size "nbd+unix://?socket=$PWD/sock$i")" 1048576; done
kill $server
wait $server
trap - EXIT
[ -S sock0 ] || fail "a socket that is not the server's own was removed"
