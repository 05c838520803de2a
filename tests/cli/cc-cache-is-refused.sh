#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Where objects cannot be kept, or others could have put theirs, scripts are compiled each time:
# one sentence tells why.
. "$SRCDIR/tests/functions"
. "$SRCDIR/tests/cli/cc.functions"

disk 1000 >disk.c

# told WORDS: it serves all the same, compiles, and says this, once.
told() {
    serves 1000 disk.c CC="$compiler"
    runs 1
    same "$(grep -c . err)" 1
    holds "$(cat err)" "$1"
    holds "$(cat err)" "$kept"
}

serves 1000 disk.c CC="$compiler"
: >runs
chmod 750 "$kept"
told "others may use it"
chmod 702 "$kept"
told "others may use it"
chmod 700 "$kept"
serves 1000 disk.c CC="$compiler"
runs 0
same "$(cat err)" ""

rm -r "$kept"
: >"$kept"
told "Not a directory"
rm "$kept"
mkdir elsewhere
chmod 700 elsewhere
ln -s "$PWD/elsewhere" "$kept"
told "without a cache"
same "$(ls elsewhere)" ""
rm -r "$XDG_CACHE_HOME"
: >"$XDG_CACHE_HOME"
told "Not a directory"
rm "$XDG_CACHE_HOME"

# In no home there is none, and nobody minds.
(
    unset XDG_CACHE_HOME HOME
    serves 1000 disk.c CC="$compiler"
    runs 1
    same "$(cat err)" ""
)
XDG_CACHE_HOME=cache HOME=$PWD/home serves 1000 disk.c CC="$compiler" # only an absolute one counts
ls "$PWD/home/.cache/stele"/cc-* >/dev/null

# What only root can make.
[ "$(id -u)" = 0 ] || exit 0
mkdir -p "$kept"
chmod 700 "$kept"
chown 1 "$kept"
: >runs
told "belongs to somebody else"
chown 0 "$kept"

# A file system that is full, one that is read-only, and temporary files where no program runs.
unshare --mount true 2>/dev/null || exit 0
export STELE SRCDIR XDG_CACHE_HOME kept compiler
cat >inside <<'END'
set -e
mount -t tmpfs -o size=4k,mode=700 none "$kept"
"$STELE" disk.c CC="$compiler" --version
mount -o remount,ro "$kept"
"$STELE" disk.c CC="$compiler" --version
mkdir tmp
mount -t tmpfs -o noexec none tmp
TMPDIR=$PWD/tmp "$STELE" disk.c CC="$compiler" --version
test -z "$(ls tmp)"
END
unshare --mount sh inside >out 2>err || fail "$(cat out err)"
same "$(grep -c "not kept" err)" 3
