#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# qemu-img knows the disk.
. "$SRCDIR/tests/functions"
need qemu-img

out=$("$STELE" -U - memory 64M --run 'qemu-img info "$uri"')
holds "$out" "virtual size: 64 MiB (67108864 bytes)"
holds "$out" "file format: raw"
