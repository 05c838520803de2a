#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Every WORK row, noted in the file "calls": its name, what it was given, its flags.
# Parameters: fua=none|emulate|native (none), cache=none|emulate|native (none).
words() {
    echo "${1:--}" | sed 's/fast/fast_zero/'
}

case "$1" in
    config) echo "$3" >"$tmpdir/can_$2" ;;
    get_size) echo 1M ;;
    can_fua | can_cache) cat "$tmpdir/$1" || echo none ;;
    can_write | can_flush | can_trim | can_zero | can_fast_zero | can_extents) ;;
    pread)
        echo "pread $3 $4 -" >>calls
        yes x | tr -d '\n' | head -c "$3" ;;
    pwrite) echo "pwrite $(cat) $4 $(words "$5")" >>calls ;;
    flush) echo "flush -" >>calls ;;
    trim | zero) echo "$1 $3 $4 $(words "$5")" >>calls ;;
    cache) echo "cache $3 $4 -" >>calls ;;
    extents)
        echo "extents $3 $4 $(words "$5")" >>calls
        echo "$4 $3" ;;
    *) exit 2 ;;
esac
