#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Servers that compile the same script at the same time do not disturb each other.
. "$SRCDIR/tests/functions"
. "$SRCDIR/tests/cli/cc.functions"

disk 1000 >disk.c
for n in 1 2 3; do
    "$STELE" -U - disk.c CC="$compiler" --run 'nbdinfo --size "$uri"' >out$n 2>&1 &
done
wait
for n in 1 2 3; do same "$(cat out$n)" 1000; done
same "$(ls "$kept" | wc -l)" 1
: >runs
serves 1000 disk.c CC="$compiler"
runs 0
