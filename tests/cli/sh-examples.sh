#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The examples in shell do what their heads say.
. "$SRCDIR/tests/functions"
need nbdsh nbdcopy

mkdir bin
ln -s "$STELE" bin/stele
PATH=$PWD/bin:$PATH
head -c 100000 /dev/urandom >disk.img
cp disk.img before
"$SRCDIR/examples/file-in-eval.sh" disk.img -U - --run 'nbdcopy "$uri" out.img
    nbdsh -u "$uri" -c "h.pwrite(b\"hello\", 511); assert h.pread(5, 511) == b\"hello\""'
cmp before out.img || fail "another file was read"
same "$(tail -c +512 disk.img | head -c 5)" hello

mkdir faults
"$STELE" -U - --filter="$SRCDIR/examples/shell-delays.sh" memory 1M dir=faults --run 'nbdsh -u "$uri" -c "
import os, time
h.pwrite(b\"x\", 0)
print(\"0.5\", file=open(\"faults/pread\", \"w\"))
print(\"ENOSPC out of space\", file=open(\"faults/pwrite-fails\", \"w\"))
start = time.time()
assert h.pread(1, 0) == b\"x\"
assert time.time() - start >= 0.5
try:
    h.pwrite(b\"y\", 0)
    assert False
except nbd.Error as e:
    assert e.errno == \"ENOSPC\"
os.remove(\"faults/pread\")
os.remove(\"faults/pwrite-fails\")
h.pwrite(b\"y\", 0)
assert h.pread(1, 0) == b\"y\"
"'

"$STELE" -U - "$SRCDIR/languages/shell/example.sh" size=2M --run 'nbdsh -u "$uri" -c "
assert h.get_size() == 2 << 20
h.pwrite(b\"stele\", 100)
assert h.pread(7, 99) == b\"\\0stele\\0\"
h.zero(2, 101)
assert h.pread(5, 100) == b\"s\\0\\0le\"
"'
