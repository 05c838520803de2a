/* SPDX-License-Identifier: BSD-3-Clause */
/* served.h: a server of the prompt.
 *
 * What is served is a device, the prompt's own script, or the plugin that the words name. */
#ifndef STELE_REPL_SERVED_H
#define STELE_REPL_SERVED_H

#include "../core/options.h"
#include "../core/plugin.h"
#include "../core/server.h"

struct served {
    struct strings words; /* what OPTIONS point into */
    struct options options;
    struct server server;
    struct device *device; /* a reference; NULL where there is a plugin */
    struct plugin *plugin; /* the prompt's own; NULL where the server has its chain */
    char *uri;
    struct served *next; /* of repl->servers */
};

/* WORDS are those of a command line, and are taken over.  Set `device` or `plugin`, then
 * start.  NULL when out of memory. */
struct served *served_new (struct strings *words);

/* These two wait for scripts, so the prompt's must not be held.  0 or -errno with a sentence;
 * served_free in either case. */
int served_start (struct served *, struct error *);
void served_free (struct served *); /* stops it */

#endif
