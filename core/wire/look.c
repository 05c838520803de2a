/* SPDX-License-Identifier: BSD-3-Clause */
/* look.c: is it worth looking again before letting go?
 *
 * `faith` counts quick next commands up to LIMIT; a look that found nothing takes it down
 * by a penalty that doubles each time, and a look that found something makes it small
 * again.  How busy others are is read from one counter of turns. */
#include "look.h"

enum { LIMIT = 3, PENALTY_MAX = 64 };

/* So many turns of others between two of ours leave a processor for us and our client. */
static uint32_t company (const struct crowd *crowd) {
    return crowd->processors / 2;
}

static uint32_t turns_since (const struct look *l, struct crowd *crowd) {
    return atomic_load_explicit (&crowd->turns, memory_order_relaxed) - l->turns;
}

void look_taken (struct look *l, struct crowd *crowd, uint64_t now_ns) {
    bool is_quick =
        now_ns - l->left_ns < LOOK_GAP_NS && turns_since (l, crowd) <= company (crowd);

    if (is_quick && l->faith < LIMIT)
        l->faith++;
    else if (!is_quick && l->faith > 0)
        l->faith = 0;
    l->turns = atomic_fetch_add_explicit (&crowd->turns, 1, memory_order_relaxed) + 1;
}

bool look_is_worth (struct look *l, struct crowd *crowd, unsigned depth) {
    if (depth != 1) {
        l->faith = l->faith < 0 ? l->faith : 0;
        return false;
    }
    return crowd->processors > 1 && l->faith >= LIMIT && !look_is_disturbed (l, crowd);
}

bool look_is_disturbed (const struct look *l, struct crowd *crowd) {
    return turns_since (l, crowd) > company (crowd);
}

void look_ended (struct look *l, struct crowd *crowd, bool found) {
    if (found) {
        l->penalty = 1;
        l->turns = atomic_fetch_add_explicit (&crowd->turns, 1, memory_order_relaxed) + 1;
    } else {
        l->penalty = l->penalty ? l->penalty : 1;
        l->faith = (int8_t) (LIMIT - l->penalty);
        if (l->penalty < PENALTY_MAX)
            l->penalty *= 2;
    }
}

void look_left (struct look *l, uint64_t now_ns) {
    l->left_ns = now_ns;
}
