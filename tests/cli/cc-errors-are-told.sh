#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# What a compiler complains of is shown as it wrote it, and then one sentence says what became
# of it; the same where there is no compiler, no end of compiling, or no plugin in the result.
. "$SRCDIR/tests/functions"
. "$SRCDIR/tests/cli/cc.functions"

# gives WORDS COMMAND...: it is refused, and the last line has these words.
gives() {
    words=$1
    shift
    refused "$@"
    last=$(printf '%s\n' "$said" | tail -n 1)
    holds "$last" "stele: error: "
    holds "$last" "$words"
}

disk 1000 >disk.c
disk '1000 +' >wrong.c
gives "wrong.c: it was not compiled: '$compiler' ended with status 1" "$STELE" wrong.c CC="$compiler"
${CC:-cc} -fPIC -shared "-I$SRCDIR/include" -o wrong.so "$PWD/wrong.c" 2>wanted && fail "it compiles"
same "$(printf '%s\n' "$said" | sed '$d')" "$(cat wanted)"
gives "standard input: it was not compiled" sh -c '"$STELE" cc - <wrong.c'
gives "wrong.c: it was not compiled" sh -c '"$STELE" -U - wrong.c' # as a daemon

gives "there is no compiler 'no-such-cc'" "$STELE" disk.c CC='no-such-cc -O2'
gives "it names no compiler" "$STELE" disk.c CC=
gives "disk.c: it was not compiled: 'exit 7; cc' ended with status 7" "$STELE" disk.c CC='exit 7; cc'
gives "killed by signal 11" "$STELE" disk.c CC='kill -SEGV $$;'
gives "made no object" "$STELE" disk.c CC=true
gives "disk.c: 'sleep 1000;' took too long" "$STELE" disk.c CC='sleep 1000;' CC_TIMEOUT=0.1
gives "CC_TIMEOUT" "$STELE" disk.c CC_TIMEOUT=soon
gives "not a shared object" "$STELE" disk.c CFLAGS=-c
gives "unknown parameter 'CFLAG': did you mean 'CFLAGS'?" "$STELE" disk.c CFLAG=-g
echo 'int number;' >no-plugin.c
gives "no-plugin.c: it is no plugin" "$STELE" no-plugin.c
disk 'nowhere ()' | sed '1i int nowhere (void);' >undefined.c
gives "undefined.c: undefined symbol: nowhere" "$STELE" undefined.c
gives "nothing.c: No such file" "$STELE" nothing.c
gives "the script to run must be given" "$STELE" cc CC=gcc
mkdir folder.c
gives "folder.c: Is a directory" "$STELE" folder.c
: >empty.c
gives "empty.c: it is no plugin" "$STELE" empty.c
gives "standard input belongs to the client" "$STELE" -s cc - <disk.c

# No compiler anywhere: the path that remains has a shell and no more.
gives "there is no C compiler" env PATH="$PWD" "$STELE" disk.c
