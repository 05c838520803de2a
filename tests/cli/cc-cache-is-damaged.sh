#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# What is kept of compiled scripts is looked at before it is loaded.
. "$SRCDIR/tests/functions"
. "$SRCDIR/tests/cli/cc.functions"

disk 1000 >disk.c
serves 1000 disk.c CC="$compiler"
one=$(ls "$kept")
disk 2000 >disk.c
serves 2000 disk.c CC="$compiler"
two=$(ls "$kept" | grep -v "$one")
: >runs

cp "$kept/$one" whole
cp whole "$kept/$two" # somebody else's
serves 2000 disk.c CC="$compiler"
runs 1
disk 1000 >disk.c
for size in 0 10 40 60 90 200 "$(($(stat -c %s whole) - 1))"; do
    head -c "$size" whole >"$kept/$one"
    serves 1000 disk.c CC="$compiler"
    runs 1
done
cp "$kept/$one" whole
{
    head -c 3000 whole
    printf '\377'
    tail -c +3002 whole
} >"$kept/$one"
serves 1000 disk.c CC="$compiler"
runs 1
serves 1000 disk.c CC="$compiler"
rm "$kept/$one"
mkdir "$kept/$one"
serves 1000 disk.c CC="$compiler"
runs 1
holds "$(cat err)" "not kept"
