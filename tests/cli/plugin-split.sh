#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# split: one disk of several files, also where a request spans them.
. "${0%/*}/clients.inc"

printf aaaa >a
printf bbb >b
printf ccccc >c
client split a file=b c <<'END'
assert h.get_size() == 12
assert h.pread(12, 0) == b"aaaabbbccccc"
assert h.pread(5, 3) == b"abbbc"
h.pwrite(b"XYYYZ", 3)
h.flush()
END
test "$(cat a b c)" = aaaXYYYZcccc || fail "the parts were not written: $(cat a b c)"
client -r split a b <<'END'
assert h.is_read_only()
assert h.pread(7, 0) == b"aaaXYYY"
END
refuses file split
refuses 'missing: no such file' split a missing
