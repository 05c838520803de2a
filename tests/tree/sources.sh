#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Every source is listed in its folder's local.mk, or main.c in Makefile.am: what is not
# listed is missing from a release, and perhaps from the program.
. "$SRCDIR/tests/functions"

cd "$SRCDIR"
missing=
for file in $(find core languages repl bench -name '*.[ch]' -o -name '*.def'); do
    grep -qw -- "$file" "$(dirname "$file")/local.mk" Makefile.am 2>/dev/null ||
        missing="$missing $file"
done
[ -z "$missing" ] || fail "in no local.mk:$missing"
