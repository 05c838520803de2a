/* SPDX-License-Identifier: BSD-3-Clause */
/* dependencies.c: which files a compiler has read, as it tells `make`.
 *
 *     disk.so: disk.c /usr/include/stdio.h \
 *       a\ name\ with\ blanks.h cash$$.h
 *
 * Compilers do not agree on what they quote.  A name that is misread names no file, and then
 * nothing is kept of that compilation; so nothing worse comes of it. */
#include "dependencies.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static bool ends_word (const char *c) {
    return *c == '\0' || strchr (" \t\r\n", *c) || (c[0] == '\\' && c[1] == '\n');
}

static char *skip_blanks (char *c) {
    while (*c && ends_word (c))
        c += *c == '\\' ? 2 : 1;
    return c;
}

/* What is quoted at C: how many letters of it are only the quotes. */
static size_t quotes (const char *c) {
    if (c[0] == '\\' && c[1] && strchr (" \t#:", c[1]))
        return 1;
    return c[0] == '$' && c[1] == '$';
}

char *dependencies_next (char **cursor) {
    for (;;) {
        char *from = skip_blanks (*cursor), *word = from, *to = from;
        if (!*from)
            return NULL;
        while (!ends_word (from)) {
            from += quotes (from);
            *to++ = *from++;
        }
        *cursor = *from ? from + (*from == '\\' ? 2 : 1) : from;
        bool target = to[-1] == ':';
        *to = '\0';
        if (!target)
            return word;
    }
}
