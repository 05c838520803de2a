/* SPDX-License-Identifier: BSD-3-Clause */
/* dump.h: what the program says of itself. */
#ifndef STELE_DUMP_H
#define STELE_DUMP_H

#include "options.h"
#include "plugin.h"

/* The interface that scripts probe for: whose options, callbacks and files are understood. */
#define NBDKIT_VERSION "1.46.0"

void dump_config (const struct options *, const struct host *); /* --dump-config */

/* --version: the program's line, and one for each of CHAIN (may be NULL). */
void dump_version (const struct options *, const struct plugin *chain, const struct host *);

#endif
