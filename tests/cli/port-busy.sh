#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A port that is taken, or is none, is named.
. "$SRCDIR/tests/functions"

"$STELE" -f -i 127.0.0.1 -p 0 --print-uri -P pid memory 1M >out &
server=$!
trap 'kill $server 2>/dev/null || :' EXIT
wait_for test -s pid
port=$(sed -n '1s/.*:\([0-9]*\)$/\1/p' out)
refused "$STELE" -f -i 127.0.0.1 -p "$port" memory 1M
holds "$said" "TCP port $port of 127.0.0.1: a server is already listening there"
stop_server() { kill $server; wait $server; }
stop_server
trap - EXIT

refused "$STELE" -f -p 70000 memory 1M
holds "$said" "port '70000'"
refused "$STELE" -f -p nosuchport memory 1M
holds "$said" "TCP port nosuchport"
refused "$STELE" -f -i 192.0.2.1 -p 0 memory 1M
holds "$said" "192.0.2.1"
refused "$STELE" -f -i no.such.host.invalid -p 0 memory 1M
holds "$said" "no.such.host.invalid"
