/* SPDX-License-Identifier: BSD-3-Clause */
/* native.h: what the plugins here share, which are compiled by tests/cli/native-*.sh.
 *
 * native-NAME.c is the script of tests/conformance/NAME.repl, in C, or what its test says. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stele.h>

/* A line in the file "calls".  One write, so that lines of several threads do not mix. */
__attribute__ ((format (printf, 1, 2))) static inline void note (const char *format, ...) {
    FILE *file = fopen ("calls", "a");
    va_list args;

    if (!file)
        return;
    va_start (args, format);
    vfprintf (file, format, args);
    va_end (args);
    fputc ('\n', file);
    fclose (file);
}

static inline int pread_x (void *handle, struct stele_request *r) {
    (void) handle;
    memset (r->data, 'x', r->count);
    return 0;
}

static inline int64_t one_megabyte (void *handle) {
    (void) handle;
    return 1 << 20;
}

static inline int yes (void *handle) {
    (void) handle;
    return 1;
}
