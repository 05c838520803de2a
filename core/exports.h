/* SPDX-License-Identifier: BSD-3-Clause */
/* exports.h: the list of names that a client may ask for.
 *
 * Bounded: EXPORTS_MAX names, each with its description at most EXPORT_NAME_MAX bytes
 * (the protocol's limit on strings).  Owned by whoever made it. */
#ifndef STELE_EXPORTS_H
#define STELE_EXPORTS_H

#include <stddef.h>

#include "error.h"

enum { EXPORTS_MAX = 10000, EXPORT_NAME_MAX = 4096 };

struct export {
    char *name;
    char *description; /* NULL for none */
};

struct exports {
    size_t n, room;
    struct export *v;
};

int exports_add (struct exports *, const char *name, const char *description, struct error *);
void exports_clear (struct exports *);

#endif
