/* SPDX-License-Identifier: BSD-3-Clause */
/* activation.h: sockets that a service manager made and handed over (LISTEN_FDS). */
#ifndef STELE_ACTIVATION_H
#define STELE_ACTIVATION_H

#include "error.h"
#include "log.h"

enum { ACTIVATION_FIRST = 3, ACTIVATION_MAX = 16 }; /* the first descriptor; how many at most */

/* How many sockets were handed to this process; 0: none; -errno with a sentence.  The
 * environment no longer tells of them afterwards. */
int activation_take (const struct log *, struct error *);

#endif
