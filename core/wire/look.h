/* SPDX-License-Identifier: BSD-3-Clause */
/* look.h: is it worth looking again before letting go?
 *
 * A client that waits for each answer sends the next command some microseconds after it.
 * Falling asleep and being woken costs more than waiting that long.  But a look that finds
 * nothing takes the processor from somebody else, so it is made only where the last ones
 * were right, never where commands come in bunches, and not while other connections need
 * the processors.  And even then it depends on the machine: where client and server share a
 * processor, sleeping at once is the quicker way.  So both ways are timed, and the quicker
 * one is kept until the other has its next trial. */
#ifndef STELE_LOOK_H
#define STELE_LOOK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum { LOOK_NS = 20000, LOOK_GAP_NS = 1000000 }; /* how long; which gaps make a ping-pong */

struct look {
    uint64_t left_ns;  /* when the connection was let go of */
    uint64_t taken_ns; /* when its last command came */
    uint32_t turns;    /* of everybody, by then */
    int8_t faith;      /* grows with each quick next command; looks are made above a limit */
    uint8_t penalty;   /* how many ping-pongs a failed look costs; doubles */

    bool looks;              /* the way of this stretch of commands */
    uint16_t n;              /* commands in it so far */
    uint16_t to_trial, pause; /* stretches until the other way is tried; and then until again */
    uint32_t sum_ns;         /* of the times between commands */
    uint32_t cost_ns[2];     /* of the last stretch of sleeping and of looking */
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

/* It is over; now_ns counts where something was FOUND. */
void look_ended (struct look *, struct crowd *, bool found, uint64_t now_ns);
void look_left (struct look *, uint64_t now_ns);

#endif
