#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# include/nbdkit-plugin.h can be used from old C and from C++, and what it promises, and nothing
# more, is found in both programs.
. "$SRCDIR/tests/functions"

header=$SRCDIR/include/nbdkit-plugin.h
for version in 1 2; do
    ${CC:-cc} -std=c89 -pedantic -Wall -Wextra -Werror -DNBDKIT_API_VERSION=$version \
        -fsyntax-only -x c "$header"
done
! ${CC:-cc} -DNBDKIT_API_VERSION=3 -fsyntax-only -x c "$header" 2>said || fail "API version 3"
holds "$(cat said)" "Unknown NBDKIT_API_VERSION"

if command -v "${CXX:-c++}" >/dev/null; then
    cat >plugin.cc <<'END2'
#define NBDKIT_API_VERSION 2
#include <nbdkit-plugin.h>
#define THREAD_MODEL NBDKIT_THREAD_MODEL_PARALLEL
#include <cstring>

static void *open_it (int) { return NBDKIT_HANDLE_NOT_NEEDED; }
static int64_t get_size (void *) { return 512; }
static int pread_it (void *, void *data, uint32_t count, uint64_t, uint32_t) {
    std::memset (data, 'x', count);
    return 0;
}

namespace {
nbdkit_plugin create () {
    nbdkit_plugin plugin = nbdkit_plugin ();
    plugin.name = "cplusplus";
    plugin.open = open_it;
    plugin.get_size = get_size;
    plugin.pread = pread_it;
    return plugin;
}
}
static struct nbdkit_plugin plugin = create ();
NBDKIT_REGISTER_PLUGIN (plugin)
END2
    for standard in 98 20; do
        "${CXX:-c++}" -std=c++$standard -Wall -Wextra -Werror -shared -fPIC \
            "-I$SRCDIR/include" -o plugin.so plugin.cc
        "$STELE" "$PWD/plugin.so" --dump-plugin | grep -qx name=cplusplus || fail "C++$standard"
    done
fi

grep -oE '^extern .*' "$header" | grep -oE 'nbdkit_[a-z0-9_]+ \(' | tr -d ' (' | sort >promised
[ "$(wc -l <promised)" -gt 45 ] || fail "only $(wc -l <promised) functions in the header"
if command -v nm >/dev/null; then
    for program in stele stele-repl; do
        nm -D --defined-only "$BUILDDIR/$program" | sed -n 's/.* T \(nbdkit_.*\)/\1/p' | sort >there
        diff promised there || fail "$program: promised (<) and there (>)"
        ! nm -D --defined-only "$BUILDDIR/$program" | grep -E ' T (device|error|plugin)_' ||
            fail "$program: its own functions are in the way of a plugin's"
    done
fi
