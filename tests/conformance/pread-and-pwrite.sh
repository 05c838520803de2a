#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A megabyte that is kept in a file.
disk=$tmpdir/disk
case "$1" in
    get_ready) truncate -s 1M "$disk" ;;
    get_size) echo 1M ;;
    pread) dd if="$disk" skip="$4" count="$3" iflag=skip_bytes,count_bytes ;;
    pwrite) dd of="$disk" seek="$4" conv=notrunc oflag=seek_bytes ;;
    can_write) ;;
    *) exit 2 ;;
esac
