/* SPDX-License-Identifier: BSD-3-Clause */
/* extents.h: a run of extents, the answer to "which parts of this range are holes?".
 *
 * Made for one range; grows from its start without gaps; neighbours of one type are
 * merged; what lies outside of the range is cut off.  Belongs to whoever made it; used
 * by one thread at a time. */
#ifndef STELE_EXTENTS_H
#define STELE_EXTENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { EXTENT_HOLE = 1, EXTENT_ZERO = 2 }; /* the type's bits in base:allocation */
enum { EXTENTS_MAX = 1 << 20 };            /* no more entries than this are kept */

struct extent {
    uint64_t offset, length; /* bytes */
    uint32_t type;
};

struct extents {
    uint64_t start, end; /* the range asked for */
    uint64_t next;       /* where the next entry must begin (or before it) */
    bool one;            /* only the first is wanted */
    size_t n, room;
    struct extent *v;
};

void extents_init (struct extents *, uint64_t offset, uint64_t length, bool one);
void extents_clear (struct extents *); /* frees the entries */

/* Add an extent.  0 more may follow; 1 no more are wanted; -ERANGE there is a gap before
 * it; -EOVERFLOW its end is past 2^64; -ENOMEM. */
int extents_add (struct extents *, uint64_t offset, uint64_t length, uint32_t type);

static inline bool extents_full (const struct extents *e) {
    return e->next >= e->end || (e->one && e->n > 1) || e->n >= EXTENTS_MAX;
}

#endif
