/* SPDX-License-Identifier: BSD-3-Clause */
/* privileges.h: becoming somebody who may do less. */
#ifndef STELE_PRIVILEGES_H
#define STELE_PRIVILEGES_H

#include "error.h"

/* Change to this user and group, names or numbers, either of them NULL for no change.  A
 * user's own group comes with it where no group is named.  0 or -errno. */
int privileges_drop (const char *user, const char *group, struct error *);

#endif
