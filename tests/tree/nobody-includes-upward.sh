#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# wire → device ← languages.  The table says which folder may include what; the first row
# that fits a file counts.
. "$SRCDIR/tests/functions"

here=$PWD
cd "$SRCDIR"

# Each include of a source file, as a path from the top: FILE INCLUDED
includes() {
    grep -HEo '^#include "[^"]+"' "$@" | sed 's/#include "\(.*\)"/\1/; s/:/ /' |
        while read -r file name; do
            dir=$(dirname "$file")
            [ -e "$dir/$name" ] || dir=core
            [ -e "$dir/$name" ] || dir=.
            echo "$file $(realpath -m --relative-to=. "$dir/$name")"
        done
}

# What a file must not include, as a pattern of paths.
forbidden() {
    case $1 in
        core/primitives/*) echo '^(core/wire/|languages/|repl/)' ;;
        core/wire/*) echo '^(languages/|repl/|core/primitives/|core/(language|server|options)\.h)' ;;
        core/main.c | core/server.* | core/options.* | core/run.* | core/uri.* | core/listen*)
            echo '^(languages|repl)/' ;;
        core/*) echo '^(languages/|repl/|core/wire/)' ;;
        languages/*) echo '^(repl/|core/(wire/|server\.h|options\.h|main\.h))' ;;
        repl/*) echo '^(core/wire/|core/primitives/|languages/lua/script\.h)' ;;
    esac
}

includes $(find core languages repl -name '*.[ch]' -o -name '*.def') >"$here/list"
bad=0
while read -r file included; do
    if echo "$included" | grep -qE "$(forbidden "$file")"; then
        echo "$file includes $included"
        bad=1
    fi
done <"$here/list"
[ -s "$here/list" ] || fail "found no include at all"
[ $bad = 0 ] || fail "upward includes"
