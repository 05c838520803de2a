/* SPDX-License-Identifier: BSD-3-Clause */
/* timers.h: a heap of timers, soonest first.  For pool.c, which holds the lock. */
#ifndef STELE_TIMERS_H
#define STELE_TIMERS_H

#include "pool.h"

struct timers {
    unsigned n, room;
    struct timer **heap; /* heap[1] is the soonest; a parent is never later than its child */
};

/* Room for one more.  False when out of memory. */
bool timers_reserve (struct timers *);
void timers_add (struct timers *, struct timer *); /* room was reserved */
void timers_remove (struct timers *, struct timer *);
struct timer *timers_first (const struct timers *); /* or NULL */

#endif
