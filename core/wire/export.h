/* SPDX-License-Identifier: BSD-3-Clause */
/* export.h: the device that a client has asked for, as the protocol describes it.
 *
 * Opened once for a name: what INFO or SET_META_CONTEXT opened is what GO enters, unless the
 * plugin noticed that it was only asked about (session.h). */
#ifndef STELE_EXPORT_H
#define STELE_EXPORT_H

#include <stddef.h>
#include <stdint.h>

#include "../error.h"

struct connection;

/* Have the export of this name open.  0 or -errno with a sentence for the client. */
int export_open (struct connection *, const char *name, struct error *);
void export_close (struct connection *); /* nothing is running; none open is fine */

/* What the empty name stands for, where somebody says so: malloc'ed, else NULL. */
char *export_default (struct connection *);

uint16_t export_flags (const struct connection *); /* "Transmission flags" */

/* Transmission begins: everything from here on is requests. */
void export_enter (struct connection *);

#endif
