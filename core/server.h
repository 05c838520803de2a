/* SPDX-License-Identifier: BSD-3-Clause */
/* server.h: one server: a chain of plugins, the sockets in front of it, and its end.
 *
 * Its life is the order of these functions; main.c calls them and so reads as the story.
 * What was done is undone by server_end, from wherever it is called.
 *
 *     clients ─▶ listeners ─▶ wire ─▶ chain of plugins
 *                              └───────┴─ on the host's pool */
#ifndef STELE_SERVER_H
#define STELE_SERVER_H

#include "host.h"
#include "options.h"
#include "plugin.h"
#include "wire/listen.h"
#include "wire/wire.h"

struct server {
    struct host host;
    const struct options *options;
    struct wire_options wire_options;
    struct service service;
    struct plugin *chain;       /* outermost filter first */
    struct listener *listeners; /* owned */
    struct wire *wire;
    char *script_dir;
    size_t script; /* which of the options' words is the plugin's script: the n-th; 0: none */
    int quit; /* an eventfd: somebody wants the server to end */
};

/* OPTIONS outlive the server.  0 or -errno; server_end in either case. */
int server_init (struct server *, const struct options *, struct error *);

/* Read the scripts.  The plugin may be a language whose script is the first word. */
int server_load (struct server *, struct error *);
int server_configure (struct server *, struct error *); /* give them their parameters */
int server_complete (struct server *, struct error *);  /* all were given */
int server_get_ready (struct server *, struct error *);
int server_listen (struct server *, struct error *); /* bind what the options ask for */
int server_start (struct server *, struct error *);  /* after_fork; threads; serve */

/* N sockets from descriptor FIRST on that somebody else made: instead of the options'. */
int server_adopt (struct server *, int first, unsigned n, struct error *);

/* The listener that a client on this machine does best to use; NULL for none. */
const struct listener *server_nearest (const struct server *);

void server_wait (struct server *); /* until somebody wants it to end */
void server_end (struct server *);

#endif
