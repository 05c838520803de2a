#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A socket that nobody answers on is replaced; one that is served is left alone.
. "$SRCDIR/tests/functions"

serve memory 1M
refused "$STELE" -f -U socket memory 1M
holds "$said" "$PWD/socket: a server is already listening there"
[ -S socket ] || fail "the loser removed the winner's socket"
kill -KILL $server
wait $server 2>/dev/null || :
trap - EXIT
[ -S socket ] || fail "the killed server's socket is gone by itself"
serve memory 1M
stop_server
[ ! -e socket ] || fail "the socket is left"

echo text >file
refused "$STELE" -f -U file memory 1M
holds "$said" "a file that is not a socket"
same "$(cat file)" text
refused "$STELE" -f -U missing/socket memory 1M
holds "$said" "there is no folder $PWD/missing"
refused "$STELE" -f -U "$(printf '%0200d' 0)" memory 1M
holds "$said" "can have 107 characters at most"
refused "$STELE" -f -U '' memory 1M
holds "$said" "empty"
