#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Zeroes that are refused: below 64k for want of support, above with an error.  The file
# "calls" has what was asked and what was written.
case "$1" in
    get_size) echo 1M ;;
    can_write | can_zero | can_fast_zero | can_flush) ;;
    pread) yes x | tr -d '\n' | head -c "$3" ;;
    flush) echo flush >>calls ;;
    pwrite)
        [ "$(tr -d '\0' | wc -c)" = 0 ] && what=zeroes || what=data
        echo "pwrite $3 $4 $what" >>calls ;;
    zero)
        echo "zero $3 $4" >>calls
        if [ "$4" -lt 65536 ]; then
            echo "ENOTSUP zeroes are not supported here" >&2
        else
            echo "EIO the zeroes are lost" >&2
        fi
        exit 1 ;;
    *) exit 2 ;;
esac
