#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A plugin in C that speaks stele.h does what a script in any language does: the transcripts
# of tests/conformance, each with a plugin that was compiled here.
. "$SRCDIR/tests/functions"
. "$SRCDIR/tests/object/native.functions"

"$STELE" repl --help >/dev/null 2>&1 || skip "stele repl is not built"
for file in "$SRCDIR"/tests/conformance/*.repl; do
    name=$(basename "$file" .repl)
    [ -e "$SRCDIR/tests/object/native-$name.c" ] || fail "$name has no plugin in C"
    mkdir "in-$name"
    cd "in-$name"
    compile "$name"
    "$STELE" repl --check --script="$PWD/$name.so" "$file" >../output 2>&1 || {
        status=$?
        [ $status = 77 ] || fail "$name: $(cat ../output)"
    }
    cd ..
done
