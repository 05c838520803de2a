/* SPDX-License-Identifier: BSD-3-Clause */
/* slab.c: memory for one batch.  Each size has its shelf: small for what a lone request or
 * an idle connection needs to keep, large to receive and send many requests at once, and
 * two that save a large request the page faults of fresh memory. */
#include "slab.h"

#include <stdlib.h>

static const uint32_t sizes[SLAB_SIZES] = {SLAB_SMALL, SLAB_LARGE, 512 << 10, 2 << 20};

struct slab *slab_new (struct slabs *slabs, uint32_t room) {
    uint32_t size = 0, capacity;
    struct slab *s = NULL;

    while (size < SLAB_SIZES && sizes[size] < room)
        size++;
    capacity = size < SLAB_SIZES ? sizes[size] : (room + 63) & ~UINT32_C (63);
    if (size < SLAB_SIZES && (s = shelf_take (&slabs->shelves[size])) && capacity > SLAB_LARGE)
        atomic_fetch_sub (&slabs->kept, capacity);
    if (!s && !(s = aligned_alloc (alignof (struct slab), sizeof *s + capacity)))
        return NULL;
    s->slabs = slabs;
    s->references = 1;
    s->size = size;
    s->capacity = capacity;
    s->used = 0;
    return s;
}

/* Put it on its shelf, if there is room. */
static bool keep (struct slab *s) {
    _Atomic uint32_t *kept = &s->slabs->kept;
    uint32_t n = s->capacity;

    if (s->size == SLAB_SIZES)
        return false;
    if (n <= SLAB_LARGE)
        return shelf_put (&s->slabs->shelves[s->size], s);
    if (atomic_fetch_add (kept, n) + n <= SLABS_KEPT &&
        shelf_put (&s->slabs->shelves[s->size], s))
        return true;
    atomic_fetch_sub (kept, n);
    return false;
}

struct slab *slab_ref (struct slab *s) {
    s->references++;
    return s;
}

void slab_unref (struct slab *s) {
    if (s && --s->references == 0 && !keep (s))
        free (s);
}

void slabs_clear (struct slabs *slabs) {
    for (unsigned i = 0; i < SLAB_SIZES; i++)
        shelf_clear (&slabs->shelves[i], free);
    slabs->kept = 0;
}

void *slab_part (struct slab *s, uint32_t size) {
    uint8_t *part = s->data + s->used;

    if (size > s->capacity - s->used)
        return NULL;
    size = (size + 63) & ~UINT32_C (63);
    s->used = size < s->capacity - s->used ? s->used + size : s->capacity;
    return part;
}
