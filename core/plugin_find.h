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
    char *script; /* for a plugin that reads scripts: this one, malloc'ed; or NULL */
};

void found_clear (struct found *);

/* 0, or -errno with a sentence that knows near misses. */
int plugin_find (const struct host *, const char *name, bool filter, struct found *,
                 struct error *);

/* The language that reads this file, by its suffix, or that is called so; NULL for none. */
const struct language *plugin_language_of (const char *path);
const struct language *plugin_language_named (const char *name);

#endif
