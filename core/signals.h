/* SPDX-License-Identifier: BSD-3-Clause */
/* signals.h: the signals that end a server. */
#ifndef STELE_SIGNALS_H
#define STELE_SIGNALS_H

#include <stdbool.h>

/* From now on SIGTERM, SIGHUP, SIGINT and SIGQUIT add to the eventfd QUIT, and SIGPIPE is
 * ignored.  A captive leaves the keyboard's signals to the command that it serves. */
void signals_watch (int quit, bool captive);

#endif
