#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Without -f the command returns when the server is ready; paths stay what they were.
. "$SRCDIR/tests/functions"
need nbdinfo

cat >disk.lua <<'END'
parameters = { file = { "path", required = true } }
function get_size() return 1024 end
function pread(h, count, offset)
    local f = assert(io.open(config.file))
    local text = f:read("a")
    f:close()
    return text:rep(1024):sub(1, count)
end
END
echo x >data
"$STELE" -U sock -P pid lua disk.lua file=data </dev/null >out 2>&1
pid=$(cat pid)
trap 'kill $pid 2>/dev/null || :' EXIT
same "$(cat out)" ""
same "$(nbdinfo --size "nbd+unix://?socket=$PWD/sock")" 1024
same "$(readlink /proc/$pid/cwd)" /
for fd in 0 1 2; do same "$(readlink /proc/$pid/fd/$fd)" /dev/null; done
[ "$(ps -o sid= -p $pid | tr -d ' ')" = $pid ] || fail "the daemon has no session of its own"
need nbdcopy
same "$(nbdcopy "nbd+unix://?socket=$PWD/sock" - | head -c 1)" x
kill $pid
wait_for test ! -e sock
wait_for test ! -e /proc/$pid
trap - EXIT
