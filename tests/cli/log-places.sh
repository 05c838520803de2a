#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Errors go where --log says, each in one line that cannot be forged.
. "$SRCDIR/tests/functions"
need nbdsh

cat >bad.lua <<'END'
function get_size() return 1024 end
function pread(h, count, offset) error("first\nstele: forged\27[31m") end
END
read_once() {
    cat >client.py <<'END'
try:
    h.pread(512, 0)
except nbd.Error:
    pass
END
    "$STELE" "$@" lua bad.lua --run 'nbdsh -u "$uri" -c - <client.py' 2>stderr
}
read_once
holds "$(cat stderr)" "stele: "
holds "$(cat stderr)" "error: "
! grep -q '^stele: forged' stderr || fail "a forged line"
! grep -q "$(printf '\033')" stderr || fail "an escape sequence"
read_once --log=stderr --name=disk7
holds "$(cat stderr)" "stele: disk7: "
read_once --log=null
same "$(cat stderr)" ""
echo before >log
read_once --log="$PWD/log"
same "$(cat stderr)" ""
same "$(head -n 1 log)" before
holds "$(cat log)" "error: "
