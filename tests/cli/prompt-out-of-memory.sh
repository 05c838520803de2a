#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# What the prompt has no memory for is an error, and not left out of what it does or answers.
. "$SRCDIR/tests/functions"
. "$SRCDIR/tests/object/native.functions"

cat >forgets.c <<'END'
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#undef strdup
char *strdup (const char *text) {
    const char *forgotten = getenv ("FORGOTTEN");
    char *(*really) (const char *) = (char *(*) (const char *)) dlsym (RTLD_NEXT, "strdup");

    return forgotten && strcmp (text, forgotten) == 0 ? NULL : really (text);
}
END
compile forgets.c

# without TEXT LINE...: what is answered where there is no memory for this text
without() {
    forgotten=$1
    shift
    printf '%s\n' "$@" | ASAN_OPTIONS="${ASAN_OPTIONS-} verify_asan_link_order=0" \
        FORGOTTEN=$forgotten LD_PRELOAD=$PWD/forgets.so "$STELE" repl
}
same "$(without --readonly 'serve { "memory", "1M", readonly = true }')" "error: serve: no memory"
answer=$(without base:allocation 'o = connect { serve { "memory", "1M" }.uri, opt_mode = true }' \
    'o:opt_list_meta_context()')
case $answer in
    *"has no libnbd"*) skip "the prompt was built without libnbd" ;;
esac
same "$answer" "error: ENOMEM: no memory for the answer"
