/* SPDX-License-Identifier: BSD-3-Clause */
/* shelf.c: a few places where things that are needed again soon are kept.
 *
 * A place is exchanged as a whole, so there is no list that could be torn. */
#include "shelf.h"

#include <pthread.h>
#include <stdint.h>

/* Threads' stacks lie megabytes apart: some bits in the middle tell threads apart. */
static unsigned own_place (void) {
    uint64_t self = (uint64_t) pthread_self () >> 12;

    return (unsigned) ((self * UINT64_C (0x9e3779b97f4a7c15)) >> 60) % SHELF_PLACES;
}

void *shelf_take (struct shelf *s) {
    unsigned own = own_place ();

    for (unsigned i = 0; i < SHELF_PLACES; i++) {
        _Atomic (void *) *place = &s->places[(own + i) % SHELF_PLACES].thing;
        void *thing;
        if (atomic_load_explicit (place, memory_order_relaxed) &&
            (thing = atomic_exchange (place, NULL)))
            return thing;
    }
    return NULL;
}

bool shelf_put (struct shelf *s, void *thing) {
    unsigned own = own_place ();

    for (unsigned i = 0; i < SHELF_PLACES; i++) {
        void *none = NULL;
        if (atomic_compare_exchange_strong (&s->places[(own + i) % SHELF_PLACES].thing, &none,
                                            thing))
            return true;
    }
    return false;
}

void shelf_clear (struct shelf *s, void (*discard) (void *)) {
    void *thing;

    while ((thing = shelf_take (s)))
        discard (thing);
}
