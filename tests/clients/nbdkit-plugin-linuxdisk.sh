#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# nbdkit's linuxdisk plugin: a folder is served as a disk with an ext file system on it.
. "$SRCDIR/tests/functions"
need_nbdkit_plugin linuxdisk
need mke2fs debugfs nbdcopy du

mkdir -p folder/inside
echo hello >folder/hello
head -c 300000 /dev/urandom >folder/inside/random

for type in ext2 ext4; do
    "$STELE" -U - "$plugin" folder type=$type label=stone size=+1M --run 'nbdcopy "$uri" disk'
    # The only partition is where the table has it: the first sector, little endian.
    first=$(od -An -tu4 -j1024 -N8 disk >/dev/null; od -An -tu8 -j$((1024 + 32)) -N8 disk)
    dd if=disk of=partition bs=512 skip=$((first)) status=none
    same "$(debugfs -R 'cat /hello' partition 2>/dev/null)" hello
    debugfs -R 'cat /inside/random' partition 2>/dev/null | cmp - folder/inside/random
    holds "$(debugfs -R stats partition 2>/dev/null)" stone
done

refused "$STELE" -U - "$plugin" nothing --run true
holds "$said" nothing
