#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A real file system goes into a RAM disk, comes out the same, and is sound.
. "$SRCDIR/tests/functions"
need nbdcopy mke2fs e2fsck

mkdir folder
cp -r "$SRCDIR/core" "$SRCDIR/tests" folder/
mke2fs -q -t ext4 -d folder image 64M

serve memory 64M
nbdcopy image "$uri"
nbdcopy "$uri" back
stop_server

cmp image back
e2fsck -fn back >e2fsck.log 2>&1 || fail "e2fsck: $(cat e2fsck.log)"
