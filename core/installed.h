/* SPDX-License-Identifier: BSD-3-Clause */
/* installed.h: plugins by other makers, where their packages put them.  For plugin_find.c. */
#ifndef STELE_INSTALLED_H
#define STELE_INSTALLED_H

#include "plugin_find.h"

/* The plugin of this short name: 0, -ENOENT without a sentence, or -errno. */
int installed_find (const char *name, struct found *, struct error *);

/* Their names, malloc'ed and the taker's. */
void installed_names (void (*take) (void *of, char *name), void *of);

#endif
