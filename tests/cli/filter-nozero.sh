#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# nozero: which zero requests are offered and what becomes of them.
. "${0%/*}/clients.inc"

zeroes='h.pwrite(b"x" * 3000000, 0)
h.zero(2999998, 1, nbd.CMD_FLAG_FUA)
assert h.pread(3000000, 0) == b"x" + bytes(2999998) + b"x"'

client --filter=nozero memory 4M <<'END'
assert not h.can_zero()
assert not h.can_fast_zero()
END
client --filter=nozero memory 4M zeromode=emulate <<END
assert h.can_zero() and h.can_fast_zero()
$zeroes
fails("ENOTSUP", h.zero, 512, 0, nbd.CMD_FLAG_FAST_ZERO)
END
client --filter=nozero --filter=log memory 4M zeromode=notrim logfile="$PWD/log" <<END
assert h.can_zero() and h.can_fast_zero()
$zeroes
END
grep -q 'Zero.*trim=0' log || fail "notrim: no zero arrived"
! grep -q 'Zero.*trim=1' log || fail "notrim: may-trim came through"
client --filter=nozero memory 4M zeromode=plugin fastzeromode=slow <<END
$zeroes
fails("ENOTSUP", h.zero, 512, 0, nbd.CMD_FLAG_FAST_ZERO)
END
client --filter=nozero memory 4M zeromode=plugin fastzeromode=none <<END
assert h.can_zero() and not h.can_fast_zero()
END
client --filter=nozero --filter=log memory 4M zeromode=plugin fastzeromode=ignore logfile="$PWD/log" <<END
h.zero(512, 0, nbd.CMD_FLAG_FAST_ZERO)
END
grep -q 'Zero.*fast=0' log || fail "ignore: the flag came through"
refuses 'needs a disk that can zero' --filter=nozero pattern 1M zeromode=notrim
refuses zeromode --filter=nozero memory 1M zeromode=emulat
