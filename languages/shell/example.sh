#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A disk for each client, kept in a file of its own below $tmpdir and gone when it leaves.
#
#     stele ./example.sh size=16M --run 'nbdinfo "$uri"'

case "$1" in
    config)
        [ "$2" = size ] || { echo "there is no parameter $2" >&2; exit 1; }
        echo "$3" >"$tmpdir/size" ;;
    thread_model) echo parallel ;;
    open)
        disk=$(mktemp "$tmpdir/disk-XXXXXX")
        truncate -s "$(cat "$tmpdir/size" || echo 1M)" "$disk"
        echo "$disk" ;;
    close) rm "$2" ;;
    get_size) stat -c %s "$2" ;;
    pread) dd if="$2" skip="$4" count="$3" iflag=skip_bytes,count_bytes ;;
    pwrite) dd of="$2" seek="$4" conv=notrunc oflag=seek_bytes ;;
    zero | trim) fallocate --punch-hole --offset "$4" --length "$3" "$2" ;;
    can_write | can_zero | can_trim) ;;
    *) exit 2 ;;
esac
