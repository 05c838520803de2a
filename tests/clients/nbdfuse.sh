#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The disk as a file of the kernel's: nbdfuse mounts it, and cp and cmp use it.
. "$SRCDIR/tests/functions"
need nbdfuse fusermount3 mke2fs e2fsck
[ -c /dev/fuse ] || skip "/dev/fuse is not there"

mkdir mnt folder
cp -r "$SRCDIR/core" folder/
serve memory 32M
nbdfuse mnt/disk "$uri" &
fuse=$!
trap 'fusermount3 -u mnt 2>/dev/null || :; kill $server $fuse 2>/dev/null || :; wait' EXIT
tries=100
until [ -e mnt/disk ]; do
    kill -0 $fuse 2>/dev/null || skip "nbdfuse cannot mount here"
    tries=$((tries - 1))
    [ $tries -gt 0 ] || fail "nbdfuse did not mount"
    sleep 0.1
done

same "$(stat -c %s mnt/disk)" 33554432
mke2fs -q -F -t ext4 -d folder mnt/disk
cp mnt/disk image
cmp image mnt/disk
e2fsck -fn image >e2fsck.log 2>&1 || fail "$(cat e2fsck.log)"
fusermount3 -u mnt
wait $fuse
stop_server
