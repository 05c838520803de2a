#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# SIGTERM, SIGINT, SIGHUP and SIGQUIT end a server with status 0, its socket removed.
. "$SRCDIR/tests/functions"

cat >disk.lua <<'END'
function get_size() return 1024 end
function pread(h, count, offset) return ("x"):rep(count) end
function cleanup() io.open("cleanup", "w"):close() end
function unload() io.open("unload", "w"):close() end
END
# Background commands of a shell ignore SIGINT and SIGQUIT; the server does not.
for signal in TERM INT HUP QUIT; do
    rm -f cleanup unload
    serve lua disk.lua
    kill -$signal $server
    wait $server || fail "SIG$signal: status $?"
    trap - EXIT
    [ ! -e socket ] || fail "SIG$signal: the socket is left"
    [ -e cleanup ] && [ -e unload ] || fail "SIG$signal: the script was not told"
done
serve memory 1M
kill -PIPE $server
sleep 0.2
kill -0 $server || fail "SIGPIPE ended it"
stop_server
