#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The largest disk that there is.  A read gives its offset in decimal digits; the file
# "calls" has the rest.
case "$1" in
    get_size) echo 9223372036854775807 ;;
    can_write | can_flush | can_trim | can_zero | can_extents) ;;
    can_cache) echo native ;;
    pread) printf "%0$3d" "$4" ;;
    pwrite) echo pwrite "$(cat)" "$4" >>calls ;;
    flush) ;;
    trim | zero | cache) echo "$1 $3 $4" >>calls ;;
    extents)
        echo "$1 $3 $4" >>calls
        echo "$4 1T"
        echo "$(($4 + (1 << 40))) $(($3 - (1 << 40))) hole,zero" ;;
    *) exit 2 ;;
esac
