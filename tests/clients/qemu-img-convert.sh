#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# qemu-img converts into the disk and back, compares, maps, and checks a qcow2 kept in it.
. "$SRCDIR/tests/functions"
need qemu-img mke2fs

mkdir folder
cp -r "$SRCDIR/core" folder/
mke2fs -q -t ext4 -d folder image 32M

serve memory 32M
qemu-img convert -n -f raw -O raw image "$uri"
qemu-img compare -f raw -F raw image "$uri"
qemu-img convert -f raw -O qcow2 "$uri" back.qcow2
qemu-img compare -f raw -F qcow2 image back.qcow2
map=$(qemu-img map -f raw --output=json "$uri")
holds "$map" '"data": true'
holds "$map" '"data": false'
stop_server

serve memory 64M
qemu-img convert -n -f raw -O raw image "$uri" # what was there before must not shine through
qemu-img create -q -f qcow2 "$uri" 1G
qemu-io -f qcow2 -c 'write -P 7 100M 3M' -c 'read -P 7 100M 3M' "$uri" >/dev/null
out=$(qemu-img check -f qcow2 "$uri") || fail "$out"
stop_server
