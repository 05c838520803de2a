#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# nbdkit's partitioning plugin: files are the partitions of one disk; what is written goes
# into the files, and the table cannot be changed.
. "$SRCDIR/tests/functions"
need_nbdkit_plugin partitioning
need nbdcopy nbdsh

head -c 1000000 /dev/urandom >one
head -c 2500000 /dev/urandom >two
truncate -s 1000448 one
truncate -s 2500096 two

for type in mbr gpt; do
    "$STELE" -U - "$plugin" one two partition-type=$type --run 'nbdcopy "$uri" disk'
    dd if=disk bs=1M skip=1 status=none | cmp -n 1000448 - one
    dd if=disk bs=1M skip=2 status=none | cmp -n 2500096 - two
done
same "$(dd if=disk bs=512 skip=1 count=1 status=none | head -c 8)" "EFI PART"

"$STELE" -U - "$plugin" one two partition-type=mbr --run 'nbdsh -u "$uri" -c "
h.pwrite(b\"written\", (2 << 20) + 100)
h.flush()
try:
    h.pwrite(b\"no table\", 440)
    assert False
except nbd.Error as error:
    assert error.errno == \"EIO\", error
assert h.pread(7, (2 << 20) + 100) == b\"written\"
"' 2>said
same "$(dd if=two bs=1 skip=100 count=7 status=none)" written
