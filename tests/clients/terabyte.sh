#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A disk of 1T takes an image at its start, tells what is a hole, and comes back as a file
# of the same size with little in it.
. "$SRCDIR/tests/functions"
need nbdcopy nbdinfo mke2fs e2fsck

mkdir folder
cp -r "$SRCDIR/core" folder/
mke2fs -q -t ext4 -d folder image 64M

export image="$PWD/image" back="$PWD/back"
timeout 50 "$STELE" -U - memory 1T --run '
    nbdinfo --size "$uri" &&
    nbdcopy "$image" "$uri" &&
    nbdinfo --map --totals "$uri" &&
    nbdcopy "$uri" "$back"' >log || fail "$(cat log)"
same "$(head -n 1 log)" 1099511627776
same "$(stat -c %s back)" 1099511627776
[ "$(du -k back | cut -f1)" -lt 70000 ] || fail "the copy is not sparse"
cmp -n 67108864 image back
truncate -s 64M back
e2fsck -fn back >e2fsck.log 2>&1 || fail "e2fsck: $(cat e2fsck.log)"
