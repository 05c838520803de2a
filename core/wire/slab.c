/* SPDX-License-Identifier: BSD-3-Clause */
/* slab.c: memory for one batch.  Two sizes, each with its shelf: a large one to receive
 * and send many requests at once, and a small one for what a lone request or an idle
 * connection needs to keep. */
#include "slab.h"

#include <stdlib.h>

struct slab *slab_new (struct slabs *slabs, uint32_t room) {
    struct shelf *shelf = room <= SLAB_SMALL ? &slabs->small : &slabs->large;
    uint32_t capacity = room <= SLAB_SMALL ? SLAB_SMALL : SLAB_LARGE;
    struct slab *s = shelf_take (shelf);

    if (!s && !(s = aligned_alloc (alignof (struct slab), sizeof *s + capacity)))
        return NULL;
    s->shelf = shelf;
    s->references = 1;
    s->capacity = capacity;
    s->used = 0;
    return s;
}

struct slab *slab_ref (struct slab *s) {
    s->references++;
    return s;
}

void slab_unref (struct slab *s) {
    if (s && --s->references == 0 && !shelf_put (s->shelf, s))
        free (s);
}

void slabs_clear (struct slabs *slabs) {
    shelf_clear (&slabs->small, free);
    shelf_clear (&slabs->large, free);
}

void *slab_part (struct slab *s, uint32_t size) {
    uint8_t *part = s->data + s->used;

    if (size > s->capacity - s->used)
        return NULL;
    size = (size + 63) & ~UINT32_C (63);
    s->used = size < s->capacity - s->used ? s->used + size : s->capacity;
    return part;
}
