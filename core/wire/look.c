/* SPDX-License-Identifier: BSD-3-Clause */
/* look.c: is it worth looking again before letting go?
 *
 * `faith` counts quick next turns up to LIMIT; a look that found nothing takes it down by
 * a penalty that doubles each time, and a look that found something makes it small again.
 *
 * Which way is quicker is found out by doing: turns are counted off in stretches, each of
 * one way.  A long gap counts for no more than a bad one, because then somebody else had
 * the processor; and the first turns after a change are left out, for the scheduler takes
 * its time to move us and our client together, or apart.
 *
 * How busy others are is read from one counter of turns. */
#include "look.h"

enum { LIMIT = 3, PENALTY_MAX = 64, BUNCH = 4 };
enum { SETTLE = 192, STRETCH = 64 };    /* turns: not timed after a change, timed */
enum { BAD_NS = 500000 };
enum { PAUSE = 8, PAUSE_MAX = 1024 };   /* stretches from trial to trial; it doubles */

/* So many turns of others between two of ours leave a processor for us and our client. */
static uint32_t company (const struct crowd *crowd) {
    return crowd->processors / 2;
}

static uint32_t turns_since (const struct look *l, struct crowd *crowd) {
    return atomic_load_explicit (&crowd->turns, memory_order_relaxed) - l->turns;
}

#define CLEARLY 0.94f

/* A stretch is over.  Looking must be clearly quicker, for it keeps a processor busy. */
static void choose_way (struct look *l) {
    bool was = l->looks;

    l->cost_ns[was] = (float) l->sum_ns / (float) (l->commands ? l->commands : 1);
    if (l->to_trial > 0) {
        l->to_trial--;
        l->looks = l->cost_ns[true] < l->cost_ns[false] * CLEARLY;
    } else {
        l->looks = !was;
        l->pause = l->pause == 0 ? PAUSE : l->pause < PAUSE_MAX ? 2 * l->pause : PAUSE_MAX;
        l->to_trial = l->pause;
        l->faith = LIMIT;
        l->penalty = 0;
    }
    l->n = l->looks == was ? SETTLE : 0;
    l->sum_ns = 0;
    l->commands = 0;
}

static void note_turn (struct look *l, uint64_t now_ns) {
    uint64_t gap_ns = now_ns - l->taken_ns;
    uint32_t ran = l->ran;

    l->taken_ns = now_ns;
    l->ran = 0;
    if (++l->n <= SETTLE)
        return;
    l->commands += ran;
    l->sum_ns += gap_ns < BAD_NS ? (uint32_t) gap_ns : BAD_NS;
    if (l->n == SETTLE + STRETCH)
        choose_way (l);
}

void look_taken (struct look *l, struct crowd *crowd, uint64_t now_ns) {
    bool is_quick =
        now_ns - l->left_ns < LOOK_GAP_NS && turns_since (l, crowd) <= company (crowd);

    note_turn (l, now_ns);
    if (is_quick && l->faith < LIMIT)
        l->faith++;
    else if (!is_quick && l->faith > 0)
        l->faith = 0;
    l->turns = atomic_fetch_add_explicit (&crowd->turns, 1, memory_order_relaxed) + 1;
}

void look_ran (struct look *l, unsigned n) {
    l->ran += n;
}

bool look_is_disturbed (const struct look *l, struct crowd *crowd) {
    return turns_since (l, crowd) > company (crowd);
}

/* What takes that long to answer may be somebody else's work, who needs the processor. */
static bool looks_long (const struct look *l, struct crowd *crowd, uint64_t now_ns) {
    return crowd->processors > 1 && l->looks && l->faith >= LIMIT &&
           now_ns - l->taken_ns < LOOK_SLOW_NS && !look_is_disturbed (l, crowd);
}

/* A bunch takes so long that more may have come meanwhile, and a glance is cheaper than the
 * event, which would wake another thread before this one is done. */
bool look_is_worth (const struct look *l, struct crowd *crowd, uint64_t now_ns) {
    return l->ran >= BUNCH || (l->ran > 0 && looks_long (l, crowd, now_ns));
}

/* A client takes about as long for the answers as they took to give. */
uint64_t look_end (const struct look *l, struct crowd *crowd, uint64_t now_ns) {
    uint64_t ns = LOOK_NS + (now_ns - l->taken_ns);

    return !looks_long (l, crowd, now_ns) ? now_ns : now_ns + (ns < LOOK_MAX_NS ? ns : LOOK_MAX_NS);
}

void look_ended (struct look *l, struct crowd *crowd, bool found, uint64_t now_ns) {
    if (found) {
        note_turn (l, now_ns);
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
