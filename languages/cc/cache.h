/* SPDX-License-Identifier: BSD-3-Clause */
/* cache.h: a folder of objects that were compiled before.
 *
 * It saves time and is never needed: whatever is wrong with it is told once, and does not
 * fail anything. */
#ifndef STELE_CC_CACHE_H
#define STELE_CC_CACHE_H

#include "../../core/log.h"
#include "content.h"
#include "digest.h"

struct cache {
    int fd; /* of the folder; -1: there is none */
    char *path;
    const struct log *log;
};

void cache_open (struct cache *, const struct log *);
void cache_close (struct cache *);

/* What was kept for the key, as it is.  0, or -errno: nothing. */
int cache_find (const struct cache *, struct digest key, struct content *entry);

/* Keep it, in the place of what was kept before, and so much of the rest as is allowed. */
void cache_keep (const struct cache *, struct digest key, const struct content *entry);

#endif
