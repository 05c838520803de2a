#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The examples in C do what their heads say, and so does what the manual page shows.
. "$SRCDIR/tests/functions"
. "$SRCDIR/tests/object/native.functions"
need nbdsh nbdcopy

compile "$SRCDIR/examples/shout.c" -Wno-unused-parameter
cp "$SRCDIR/LICENSE" .
"$STELE" -U - --filter=./shout.so file LICENSE --run 'nbdcopy "$uri" out'
tr a-z A-Z <LICENSE | cmp - out || fail "it does not shout"
"$STELE" -U - --filter=./shout.so --filter=./shout.so memory 1M --run 'nbdsh -u "$uri" -c "
h.pwrite(b\"stele\", 511); assert h.pread(7, 510) == b\"\\0STELE\\0\""'

# The server compiles them, too.
"$STELE" -U - --filter="$SRCDIR/examples/shout.c" "$SRCDIR/examples/disk.c" size=1M \
    --run 'nbdsh -u "$uri" -c "h.pwrite(b\"stele\", 0); assert h.pread(5, 0) == b\"STELE\""'

compile "$SRCDIR/examples/disk.c" -Wno-unused-parameter
"$STELE" -U - ./disk.so size=2M --run 'nbdsh -u "$uri" -c "
assert h.get_size() == 2 << 20
h.pwrite(b\"stele\", 100)
assert h.pread(7, 99) == b\"\\0stele\\0\"
h.zero(2, 101)
assert h.pread(5, 100) == b\"s\\0\\0le\""'
refused "$STELE" -U - ./disk.so --run :
holds "$said" "disk: the parameter 'size' is required"

# Each paragraph of the page from an #include on, to the next text, is a file.
awk '/^ #(define|include)/ && !inside { inside = 1; file = "shown" ++n ".c" }
     /^[^ ]/ { inside = 0 }
     inside { print > file }' "$SRCDIR/docs/stele-plugin.3.pod"
for file in shown*.c; do compile "$file" -Wno-unused-parameter; done
[ "$(ls shown*.so | wc -l)" -ge 4 ] || fail "only $(ls shown*.so) were found"
