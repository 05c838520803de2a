/* SPDX-License-Identifier: BSD-3-Clause */
/* radix.h: an array of pointers of which few are set, however long it is.
 *
 * Any number of threads may look things up, and make places, without a lock: a node is
 * published once and stays until the end.  What a place points to is its user's, who
 * guards it. */
#ifndef STELE_RADIX_H
#define STELE_RADIX_H

#include <stdint.h>

struct radix_slot {
    _Atomic (void *) pointer; /* NULL: nothing */
};

struct radix {
    unsigned levels;
    uint64_t roots; /* slots in the root */
    struct radix_slot *root;
};

int radix_init (struct radix *, uint64_t length); /* 0 or -ENOMEM */

/* Nobody is inside any more: FORGET is called with each pointer, which may be NULL. */
void radix_clear (struct radix *, void (*forget) (void *));

/* The place of INDEX: NULL where nothing was made near it yet. */
struct radix_slot *radix_find (const struct radix *, uint64_t index);
struct radix_slot *radix_make (struct radix *, uint64_t index); /* NULL: out of memory */

/* The first index from INDEX on that is set, or END. */
uint64_t radix_next (const struct radix *, uint64_t index, uint64_t end);

#endif
