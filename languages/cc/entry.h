/* SPDX-License-Identifier: BSD-3-Clause */
/* entry.h: what is kept of a compilation: the object, and what it was made from. */
#ifndef STELE_CC_ENTRY_H
#define STELE_CC_ENTRY_H

#include <stdbool.h>
#include <time.h>

#include "content.h"
#include "digest.h"

enum { ENTRY_MOST = 64 << 20, INCLUDED_MOST = 64 << 20 }; /* bytes; an included file's */

/* What an object was made from: the files that RULES (which is changed) tells `make` of, but
 * for SOURCE; relative names are from FOLDER. */
struct origin {
    struct digest key; /* all but files that are included */
    char *rules;
    const char *source, *folder;
    struct timespec started;
};

/* 0; -EAGAIN: a file has changed since compiling was started, so nobody knows what the object
 * is; or -errno. */
int entry_make (struct content *entry, const struct content *object, const struct origin *);

/* Where the object in the entry is; NULL: the entry is damaged or for another key, or what the
 * object was made from is not any more what it was. */
const char *entry_object (const struct content *entry, struct digest key, size_t *size);

#endif
