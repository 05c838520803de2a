#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A disk whose delays and failures are set by hand while it is in use: what there is in the
# folder DIR counts.  Everything else is done by the disk below.
#
#     mkdir faults; stele --filter=./shell-delays.sh memory 1G dir=faults &
#     echo 0.5 >faults/pread              each read waits half a second
#     echo 'ENOSPC out of space' >faults/pwrite-fails
#     rm faults/*                         all is well again

case "$1" in
    config)
        [ "$2" = dir ] || exit 2
        ln -s "$(realpath "$3")" "$tmpdir/faults" ;;
    thread_model) echo parallel ;;
    pread | pwrite | flush | trim | zero | extents)
        [ ! -e "$tmpdir/faults/$1" ] || sleep "$(cat "$tmpdir/faults/$1")"
        [ -e "$tmpdir/faults/$1-fails" ] || exit 2 # hand it on
        cat "$tmpdir/faults/$1-fails" >&2
        exit 1 ;;
    *) exit 2 ;;
esac
