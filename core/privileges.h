/* SPDX-License-Identifier: BSD-3-Clause */
/* privileges.h: becoming somebody who may do less. */
#ifndef STELE_PRIVILEGES_H
#define STELE_PRIVILEGES_H

#include <sys/types.h>

#include "error.h"

/* Whom to become; -1 where nothing is to change. */
struct identity {
    uid_t uid;
    gid_t gid;
};

/* USER and GROUP are names or numbers, either of them NULL for no change.  A user's own group
 * comes with it where no group is named.  0 or -errno. */
int privileges_find (const char *user, const char *group, struct identity *, struct error *);

/* Become that, for good.  0 or -errno. */
int privileges_drop (const struct identity *, struct error *);

#endif
