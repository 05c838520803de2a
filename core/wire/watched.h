/* SPDX-License-Identifier: BSD-3-Clause */
/* watched.h: a descriptor whose events wake its owner, one at a time.
 *
 * An event disarms it until the owner, about to let go, says what it waits for next.  So a
 * busy connection does not wake a thread for every byte that its owner reads anyway: that
 * took as much processor time as the requests did, where edges were left armed. */
#ifndef STELE_WATCHED_H
#define STELE_WATCHED_H

#include <stdatomic.h>

#include "../pool.h"

struct watched {
    struct source source;   /* its fd is -1 where there is nothing to watch */
    _Atomic uint32_t armed; /* for these events; 0 once one has come */
    bool is_watched;
};

/* 0 or -errno.  A regular file cannot be watched, and need not be: it is always ready. */
int watched_begin (struct watched *, struct pool *, uint32_t events);
void watched_end (struct watched *, struct pool *);

/* An event has come: for the source's ready. */
void watched_disarm (struct watched *);

/* Wait for these next. */
void watched_rearm (struct watched *, struct pool *, uint32_t events);

#endif
