#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Every fact, as the parameters say; a disk that can do everything where they do not.
given() { # NAME DEFAULT
    if [ -e "$tmpdir/$1" ]; then cat "$tmpdir/$1"; else echo "$2"; fi
}

case "$1" in
    config) echo "$3" >"$tmpdir/$2" ;;
    get_size) given get_size 1M ;;
    export_description) given export_description | grep . || exit 2 ;;
    hides_zero | is_rotational) [ "$(given "$1" false)" = true ] || exit 3 ;;
    can_fua | can_cache) given "$1" native ;;
    can_*) [ "$(given "$1" true)" = true ] || exit 3 ;;
    block_size)
        [ -e "$tmpdir/minimum" ] || exit 2
        echo $(cat "$tmpdir/minimum" "$tmpdir/preferred" "$tmpdir/maximum") ;;
    pread) yes x | tr -d '\n' | head -c "$3" ;;
    pwrite | flush | trim | zero | cache) ;;
    extents) echo "$4 $3 hole,zero" ;;
    *) exit 2 ;;
esac
