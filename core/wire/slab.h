/* SPDX-License-Identifier: BSD-3-Clause */
/* slab.h: memory for one batch: what was received, or what will be sent.
 *
 * Requests point into it and hold it until their replies are gone; the last one puts it
 * back on the shelf.  A slab serves one connection at a time and is counted by whoever
 * owns that connection's turn, so the count needs no atomics. */
#ifndef STELE_SLAB_H
#define STELE_SLAB_H

#include <stdalign.h>
#include <stdint.h>

#include "../hostile.h"
#include "shelf.h"

enum { SLAB_SMALL = TINY (SLAB_SMALL, 8 << 10), SLAB_LARGE = TINY (SLAB_LARGE, 128 << 10) }; /* bytes */
enum { SLAB_SIZES = 4, SLABS_KEPT = TINY (SLABS_KEPT, 32 << 20) };        /* no more bytes are kept in huge ones */

struct slabs {
    struct shelf shelves[SLAB_SIZES];
    _Atomic uint32_t kept; /* bytes in those larger than SLAB_LARGE */
};

struct slab {
    struct slabs *slabs;
    unsigned references;
    uint32_t size;           /* its place among the sizes; SLAB_SIZES: larger than all */
    uint32_t capacity, used; /* bytes of data; `used` is for handing out parts */
    alignas (64) uint8_t data[];
};

/* At least ROOM bytes; NULL when out of memory. */
struct slab *slab_new (struct slabs *, uint32_t room);
struct slab *slab_ref (struct slab *);
void slab_unref (struct slab *); /* NULL is fine */
void slabs_clear (struct slabs *);

/* A part of the slab, aligned; NULL if there is no room. */
void *slab_part (struct slab *, uint32_t size);

#endif
