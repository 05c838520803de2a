#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A plugin whose requests are those of version 1: no flags, FUA by a flush, no fast zeroes.
. "$SRCDIR/tests/functions"
need nbdsh

compile version1
cat >client.py <<'END2'
assert h.can_fua() and h.can_fast_zero()
h.pwrite(b"a" * 512, 0, nbd.CMD_FLAG_FUA)
assert h.pread(512, 0) == b"a" * 512
h.zero(256, 0)
h.zero(128, 256, nbd.CMD_FLAG_NO_HOLE)
try:
    h.zero(128, 384, nbd.CMD_FLAG_FAST_ZERO)
    assert False
except nbd.Error as e:
    assert e.errno == "ENOTSUP", e.errno
assert h.pread(512, 0) == b"\0" * 384 + b"a" * 128
h.trim(512, 1024)
END2
"$STELE" -v "$PWD/version1.so" --run 'nbdsh -u "$uri" -c - <client.py' 2>log || {
    cat log
    fail "the client"
}
grep -o 'asked to .*' log >got
cat >wanted <<'END2'
asked to pwrite 512
asked to flush
asked to zero 256, may trim: 1
asked to zero 128, may trim: 0
asked to trim 512 at 1024
END2
diff wanted got || fail "asked otherwise"
"$STELE" "$PWD/version1.so" --dump-plugin >dump
holds "$(cat dump)" "api_version=1"
holds "$(cat dump)" "max_thread_model=serialize_all_requests"
holds "$(cat dump)" "errno_is_preserved=0"
