/* SPDX-License-Identifier: BSD-3-Clause */
/* helpers_intern.c: strings that are freed with the client's handle, or with the plugin. */
#include <stdio.h>
#include <stdlib.h>

#include "helpers.h"
#include "interned.h"

static struct interned *strings (void) {
    const struct now *now = now_get ();
    const struct object *o = now_object ();

    return now ? now->strings : o ? o->strings : NULL;
}

const char *nbdkit_strndup_intern (const char *text, size_t size) {
    struct interned *to = strings ();
    const char *kept = NULL;

    if (!text) {
        nbdkit_error ("nbdkit_strndup_intern: there is no string");
        errno = EINVAL;
    } else if (!to || !(kept = interned_add (to, text, size))) {
        errno = ENOMEM;
        nbdkit_error ("nbdkit_strndup_intern: %m");
    }
    return kept;
}

const char *nbdkit_strdup_intern (const char *text) {
    return nbdkit_strndup_intern (text, SIZE_MAX);
}

const char *nbdkit_vprintf_intern (const char *format, va_list args) {
    const char *kept;
    char *text;

    if (vasprintf (&text, format, args) < 0) {
        nbdkit_error ("nbdkit_printf_intern: %m");
        return NULL;
    }
    kept = nbdkit_strdup_intern (text);
    free (text);
    return kept;
}

const char *nbdkit_printf_intern (const char *format, ...) {
    const char *kept;
    va_list args;

    va_start (args, format);
    kept = nbdkit_vprintf_intern (format, args);
    va_end (args);
    return kept;
}
