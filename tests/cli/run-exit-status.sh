#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The status of --run is the command's; a server that died meanwhile is not overlooked.
. "$SRCDIR/tests/functions"

# status WANTED COMMAND [OPTIONS]
status() {
    wanted=$1 command=$2
    shift 2
    got=0
    "$STELE" "$@" memory 1M --run "$command" 2>said || got=$?
    same "$got" "$wanted"
}

status 0 true
status 5 'exit 5'
status 127 'no-such-command-here'
status 137 'kill -KILL $$'
holds "$(cat said)" "killed by signal 9"
status 143 'kill -TERM $$'

# The server is the only process here that has the socket: it is found by its pid file.
status 0 'kill -TERM $(cat pid); while kill -0 $(cat pid) 2>/dev/null && [ -S "$unixsocket" ]; do sleep 0.1; done' -P pid
status 3 'kill -TERM $(cat pid); exit 3' -P pid
status 137 'kill -KILL $(cat pid); sleep 0.3' -P pid
status 3 'kill -KILL $(cat pid); sleep 0.3; exit 3' -P pid
rm -f pid said
rm -rf stele??????
[ -z "$(ls)" ] || fail "left behind: $(ls)"
