#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# fua: forced writes offered or not, made into flushes, added or forgotten.
. "${0%/*}/clients.inc"

look () { # FUAMODE, then what the disk below is to see of a forced and a plain write
    client --filter=fua --filter=log memory 1M fuamode=$1 logfile="$PWD/log" <<'END'
if h.can_fua():
    h.pwrite(b"a" * 512, 0, nbd.CMD_FLAG_FUA)
h.pwrite(b"b" * 512, 512)
h.zero(512, 0)
h.flush()
assert h.pread(1024, 0) == bytes(512) + b"b" * 512
END
    sed -n 's/.* \(Write\|Zero\|Flush\) .*fua=\(.\).* \.\.\.$/\1\2/p; s/.* Flush .*\.\.\.$/Flush/p' log |
        tr '\n' ' ' >seen
    test "$(cat seen)" = "$2 " || fail "fuamode=$1: '$(cat seen)' arrived, not '$2'"
}

look none "Write0 Zero0 Flush"
look emulate "Write0 Flush Write0 Zero0 Flush"
look native "Write1 Write0 Zero0 Flush"
look pass "Write1 Write0 Zero0 Flush"
look force "Write1 Write1 Zero1"
look discard "Write0 Write0 Zero0"

client --filter=fua memory 1M <<'END'
assert not h.can_fua() and h.can_flush()
END
refuses 'needs a disk' --filter=fua pattern 1M fuamode=force
