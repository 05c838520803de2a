#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The hostile build does what it says, or else the whole suite passes there for nothing:
# sockets move a byte at a time and stall, requests are kept, allocations fail, pages are
# small.
. "$SRCDIR/tests/functions"
need qemu-io nbdinfo

STELE_HOSTILE=count "$STELE" --version >version 2>&1
if ! grep -q '^hostile: ' version; then
    [ -z "${STELE_HOSTILE-}" ] || fail "STELE_HOSTILE is set, and this is not the hostile build"
    skip "this is not the hostile build (configure --enable-hostile)"
fi

STELE_HOSTILE=bytes,stall,later,alloc:31,count "$STELE" -U - --filter=cow memory 1M --run '
    for i in 1 2 3 4 5 6 7 8 9 10; do
        qemu-io -f raw -c "read 0 64k" -c "write 0 64k" "$uri"
    done
    true' >output 2>&1
# Of the two lines one is of the process that became the command's parent.
set -- $(grep '^hostile: ' output | sort -t ' ' -k 3 -n | tail -n 1)
same "$2 $4 $6 $8" "bytes stall later alloc"
for count in "$3" "$5" "$7" "$9"; do
    [ "$count" -gt 5 ] || fail "it was not hostile enough: $*"
done

STELE_HOSTILE= "$STELE" -U - memory 1M \
    --run 'qemu-io -f raw -c "write 600k 1" "$uri" >/dev/null && nbdinfo --map "$uri"' >map
awk '$3 == 0 { n += $2 } END { exit n != 512 }' map ||
    fail "a byte does not take 512: $(cat map)"

STELE_HOSTILE=rain refused "$STELE" --version
holds "$said" "there is no 'rain'"
