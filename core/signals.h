/* SPDX-License-Identifier: BSD-3-Clause */
/* signals.h: the signals that end a server: SIGTERM, SIGHUP, SIGINT and SIGQUIT.
 *
 * The first asks for an end in order, which while the server starts may take a few seconds
 * and no more.  Another, a second later or more, ends the process at once, and what is noted
 * as left over (leftovers.h) is removed; unless it was sent by sigqueue, which is how somebody
 * asks who does not know whether he is the first. */
#ifndef STELE_SIGNALS_H
#define STELE_SIGNALS_H

#include <signal.h>
#include <stdbool.h>

struct host;

/* All of them, to be blocked, perhaps. */
void signals_set (sigset_t *);

/* From now on they add to the eventfd QUIT.  A captive leaves the keyboard's to the command
 * that it serves.  The server is starting: whoever waits for HOST gives up soon after one. */
void signals_watch (struct host *host, int quit, bool captive);

/* It has started. */
void signals_ready (void);

/* The first that came; 0: none. */
int signals_came (void);

/* End as somebody whom signal NUMBER killed, but without a dump of the memory. */
_Noreturn void signals_die (int number);

#endif
