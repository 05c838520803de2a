/* SPDX-License-Identifier: BSD-3-Clause */
/* turn.h: exactly one thread at a time, and nobody waits.
 *
 * Whoever has news for a thing says so first (a flag, a list) and then claims the turn.
 * If it was free the claimer owns the thing and looks after it; if not, the owner finds
 * "again" when it wants to let go, and looks once more.  So no news is missed and nothing
 * is looked after by two. */
#ifndef STELE_TURN_H
#define STELE_TURN_H

#include <stdatomic.h>
#include <stdbool.h>

enum { TURN_FREE, TURN_OWNED, TURN_AGAIN };

struct turn {
    _Atomic int state;
};

/* True: the turn is the caller's.  False: its owner will look again. */
static inline bool turn_claim (struct turn *t) {
    int was = TURN_FREE;

    while (!atomic_compare_exchange_weak (&t->state, &was,
                                          was == TURN_FREE ? TURN_OWNED : TURN_AGAIN))
        ;
    return was == TURN_FREE;
}

/* True: the turn has been let go of, and the caller may touch nothing any more.  False:
 * there was news; the caller still owns it and looks again. */
static inline bool turn_release (struct turn *t) {
    int was = TURN_OWNED;

    if (atomic_compare_exchange_strong (&t->state, &was, TURN_FREE))
        return true;
    atomic_exchange (&t->state, TURN_OWNED);
    return false;
}

/* For the owner: has somebody brought news since? */
static inline bool turn_called (struct turn *t) {
    return atomic_load_explicit (&t->state, memory_order_relaxed) == TURN_AGAIN;
}

#endif
