#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Extents as scripts may tell them, in each megabyte another way.
M=$((1 << 20))
case "$1" in
    get_size) echo 6M ;;
    contexts) echo test:megabytes ;;
    can_extents) ;;
    pread) yes x | tr -d '\n' | head -c "$3" ;;
    extents)
        o=$4
        [ "${6-}" != test:megabytes ] || { echo "$o $3 $((o / M))"; exit; }
        case $((o / M)) in
            # All of the disk, though only a part was asked about.
            0) printf '%s\n' "0 1000" "" "# a hole" "1000 2000 hole,zero" "3000 6288456 zero" ;;
            # Neighbours of one type, and an empty one.
            1) printf '%s\n' "$o 10 1" "$((o + 10)) 0 2" "$((o + 10)) 20 hole" "$((o + 30)) 70 0" ;;
            # Less than was asked about.
            2) echo "$o 1 3" ;;
            # A gap.
            3) printf '%s\n' "$o 1 0" "$((o + 2)) 1 0" ;;
            # A beginning that is too late.
            4) echo "$((o + 1)) 10 0" ;;
            # Nothing.
            *) ;;
        esac ;;
    *) exit 2 ;;
esac
