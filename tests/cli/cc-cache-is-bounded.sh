#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Of compiled scripts 64 are kept, and 64 MiB of them: those that were used last.  What a
# server began to write when it was killed goes, too.
. "$SRCDIR/tests/functions"
. "$SRCDIR/tests/cli/cc.functions"
need flock

mkdir -p "$kept"
chmod 700 "$kept"
for n in $(seq 100 179); do
    echo "$n" >"$kept/cc-00000000000000000000000000000$n"
    touch -d "2001-01-01 00:$((n - 100 < 60 ? n - 100 : 59)):$((n % 60))" "$kept"/cc-*"$n"
done
for name in new-killed new-writing; do
    echo half >"$kept/$name"
    touch -d '1 hour ago' "$kept/$name"
done
echo half >"$kept/new-young"
echo mine >"$kept/else"

disk 1000 >disk.c
flock "$kept/new-writing" "$STELE" disk.c CC="$compiler" --version >/dev/null
same "$(ls "$kept" | grep -c '^cc-')" 64
same "$(ls "$kept" | grep -v '^cc-' | xargs)" "else new-writing new-young"
ls "$kept"/cc-*179 >/dev/null || fail "a newer one has gone"
[ ! -e "$kept/cc-00000000000000000000000000000100" ] || fail "the oldest is still there"
runs 1
serves 1000 disk.c CC="$compiler"
runs 0

truncate -s 65M "$kept/cc-00000000000000000000000000000170"
touch -d 2001-02-02 "$kept/cc-00000000000000000000000000000170"
disk 2000 >disk.c
serves 2000 disk.c CC="$compiler"
serves 2000 disk.c CC="$compiler"
runs 1
same "$(ls "$kept" | grep -c '^cc-')" 2
