#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# cow: writes are seen by every client and never reach the disk below.
. "${0%/*}/clients.inc"

head -c 1000000 /dev/urandom >disk
cp disk copy
client --filter=cow file disk <<'END'
base = open("copy", "rb").read()
h.pwrite(b"new", 70000)
h.zero(100000, 200000)
h.trim(5000, 400000)
h.pwrite(b"end", 999997)
h.flush()
other = nbd.NBD()
other.connect_uri(h.get_uri())
expected = bytearray(base)
expected[70000:70003] = b"new"
expected[200000:300000] = bytes(100000)
expected[999997:] = b"end"
found = bytearray(other.pread(1000000, 0))
expected[400000:405000] = found[400000:405000] # a trimmed range may be anything
assert found == expected
END
cmp disk copy || fail "the disk below was written"

client --filter=cow pattern 1M cow-block-size=4k cow-on-read=true cow-on-cache=true <<'END'
assert not h.is_read_only()
h.pwrite(b"x" * 10, 4090)
assert h.pread(10, 4090) == b"x" * 10
assert h.pread(8, 4104) == (4104).to_bytes(8, "big")
END

# Whether reads copy can be changed while it runs.
client --filter=cow --filter=log pattern 1M cow-on-read="$PWD/flag" logfile="$PWD/log" <<'END'
h.pread(512, 0); h.pread(512, 0)
open("flag", "w").close()
h.pread(512, 0); h.pread(512, 0)
END
test "$(grep -c ' Read .*\.\.\.$' log)" = 3 || fail "$(cat log)"

# The readiness of other programs depends on these.
"$STELE" null --filter=cow --help >help
grep -q 'cow-on-read=.*/PATH' help || fail "--help lacks cow-on-read=.*/PATH"
grep -q cow-block-size help || fail "--help lacks cow-block-size"
refuses 'power of two' --filter=cow memory 1M cow-block-size=5000
refuses cow-on-read --filter=cow memory 1M cow-on-read=perhaps
