/* SPDX-License-Identifier: BSD-3-Clause */
/* plugin_find.h: from a plugin's name on the command line to its script.  For plugin.c. */
#ifndef STELE_PLUGIN_FIND_H
#define STELE_PLUGIN_FIND_H

#include "host.h"
#include "language.h"

struct found {
    const struct language *language;
    char *path; /* of the script, malloc'ed; NULL: the language's name was given */
    char *name; /* what to call it, malloc'ed */
};

/* 0, or -errno with a sentence that knows near misses. */
int plugin_find (const struct host *, const char *name, bool filter, struct found *,
                 struct error *);

/* The language that reads this file, by its suffix; NULL for none. */
const struct language *plugin_language_of (const char *path);

#endif
