#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# stele.h compiles in C and C++, by any standard that knows its words, and the program has
# every function that it declares, and no other.
. "$SRCDIR/tests/functions"
set -- ${CC:-cc}
need "$1" nm

header=$SRCDIR/include/stele.h
cat >plugin.c <<'END'
#include <stele.h>
static int64_t size (void *handle) { (void) handle; return 512; }
static int zeroes (void *handle, struct stele_request *r) {
    (void) handle;
    stele_request_hole (r, 0, r->count);
    return 0;
}
const struct stele_plugin stele_plugin = {STELE_PLUGIN, .name = "any", .get_size = size, .pread = zeroes};
END
for standard in gnu11 c11 gnu17 gnu2x; do
    ${CC:-cc} -std=$standard -Wall -Wextra -Wpedantic -Wstrict-prototypes -Werror \
        -I"$SRCDIR/include" -fsyntax-only plugin.c || fail "not in $standard"
done
if command -v c++ >/dev/null; then
    for standard in gnu++17 c++20; do
        c++ -x c++ -std=$standard -Wall -Wextra -Wno-missing-field-initializers -Werror \
            -I"$SRCDIR/include" -shared -fPIC -fvisibility=hidden -o plugin.so plugin.c ||
            fail "not in $standard"
    done
    "$STELE" -U - ./plugin.so --run : || fail "a plugin in C++ is not loaded"
fi

# What it declares, and what the program shows to objects.
grep -v typedef "$header" | sed 's,/\*.*\*/,,' | grep -o '\bstele_[a-z_0-9]* (' | sed 's/ (//' |
    grep -vx 'stele_plugin' | sort -u >declared
nm -D --defined-only "$STELE" | awk '$2 == "T" && $3 ~ /^stele_/ { print $3 }' | sort >shown
diff declared shown || fail "declared (<) and shown (>) differ"
[ "$(wc -l <declared)" -gt 50 ] || fail "only $(wc -l <declared) were found"

# The manual page has them all, and every row.
page=$SRCDIR/docs/stele-plugin.3.pod
rows=$(sed -n 's/^\(LIFE\|FACT\|WORK\) *( *\([a-z_]*\),.*/\2/p' "$SRCDIR/core/callbacks.def")
for name in $(cat declared) $rows; do
    grep -q "B<$name>" "$page" || [ "$name" = stele_pass ] || fail "the manual page lacks $name"
done
