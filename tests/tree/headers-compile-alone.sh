#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A header is a contract that can be read, and compiled, without knowing what stands above.
. "$SRCDIR/tests/functions"

cd "$SRCDIR"
config=$BUILDDIR/config.h
bad=0
for header in $(find core languages repl bench -name '*.h'); do
    ${CC:-cc} -std=gnu11 -fsyntax-only -Wall -Wextra -Werror -include "$config" \
        ${LUA_CFLAGS-} -x c "$header" -Wno-unused-function || { echo "^^ $header"; bad=1; }
done
[ $bad = 0 ] || fail "not complete in themselves"
