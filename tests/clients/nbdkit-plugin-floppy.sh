#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# nbdkit's floppy plugin: a folder is served as a disk with a FAT file system, which exists
# only while it is read.
. "$SRCDIR/tests/functions"
need_nbdkit_plugin floppy
need fsck.vfat nbdcopy nbdsh

mkdir -p folder/inside
echo hello >folder/hello.txt
head -c 300000 /dev/urandom >folder/inside/random

"$STELE" -U - "$plugin" folder label=STONE --run 'nbdcopy "$uri" disk'
dd if=disk of=partition bs=512 skip=2048 status=none
fsck.vfat -n partition >said || : # it finds fault with the entry for ".."
holds "$(cat said)" "4 files"
grep -q STONE partition || fail "no label"
python3 -c '
disk = open("partition", "rb").read()
assert open("folder/inside/random", "rb").read() in disk
assert b"hello\n" in disk
'

refused "$STELE" -U - "$plugin" nothing --run true
holds "$said" nothing
