/* SPDX-License-Identifier: BSD-3-Clause */
/* look.h: is it worth looking again before letting go?
 *
 * A client that waits for each answer sends the next command some microseconds after it.
 * Falling asleep and being woken costs more than waiting that long.  But a look that finds
 * nothing takes the processor from somebody else, so it is made only where the last ones
 * were right, never where commands come in bunches, and not while other connections need
 * the processors. */
#ifndef STELE_LOOK_H
#define STELE_LOOK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum { LOOK_NS = 20000, LOOK_GAP_NS = 100000 }; /* how long; which gaps make a ping-pong */

struct look {
    uint64_t left_ns; /* when the connection was let go of */
    uint32_t turns;   /* of everybody, by then */
    int8_t faith;     /* grows with each quick next command; looks are made above a limit */
    uint8_t penalty;  /* how many ping-pongs a failed look costs; doubles */
};

/* What all connections share: how many turns there have been, and for how many processors. */
struct crowd {
    _Atomic uint32_t turns;
    unsigned processors;
};

/* The connection has been taken; it was let go of at left_ns. */
void look_taken (struct look *, struct crowd *, uint64_t now_ns);

/* It is about to be let go of, having run DEPTH commands at once.  True: look first. */
bool look_is_worth (struct look *, struct crowd *, unsigned depth);

/* While looking: is somebody else busy, so that it should end? */
bool look_is_disturbed (const struct look *, struct crowd *);

void look_ended (struct look *, struct crowd *, bool found);
void look_left (struct look *, uint64_t now_ns);

#endif
