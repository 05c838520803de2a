/* SPDX-License-Identifier: BSD-3-Clause */
/* look.h: is it worth looking again before letting go?
 *
 * A client that waits for its answers sends the next commands some microseconds after
 * them; some tens of microseconds where it must be woken first.  Falling asleep and being
 * woken costs more than waiting that long.  But a look that finds nothing takes the
 * processor from somebody else, so it is made only where the last ones were right, and not
 * while other connections need the processors.  And even then it depends on the machine and
 * the client: where both share a processor, sleeping at once is the quicker way; and where
 * commands come in bunches, looking may break the bunches up, and then nobody sleeps and
 * each command costs as much as a bunch, or may keep both sides at work.  So both ways are
 * timed by what a command takes, and the quicker one is kept until the other's next trial. */
#ifndef STELE_LOOK_H
#define STELE_LOOK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum { LOOK_NS = 60000, LOOK_MAX_NS = 300000 }; /* how long; and at the longest */
enum { LOOK_GAP_NS = 1000000 };                 /* which gaps are quick */
enum { LOOK_SLOW_NS = 200000 };                 /* which answers are not */

struct look {
    uint64_t left_ns;  /* when the connection was let go of */
    uint64_t taken_ns; /* when its last command came */
    uint32_t turns;    /* of everybody, by then */
    int8_t faith;      /* grows with each quick next turn; looks are made above a limit */
    uint8_t penalty;   /* how many quick turns a failed look costs; doubles */

    bool looks;               /* the way of this stretch of turns */
    uint16_t n;               /* turns in it so far */
    uint16_t to_trial, pause; /* stretches until the other way is tried; and then until again */
    uint32_t ran;             /* commands since the last turn began */
    uint32_t commands;        /* in the turns that are timed */
    uint32_t sum_ns;          /* that these turns took, from one's begin to the next one's */
    float cost_ns[2];         /* of a command in the last stretch of sleeping and of looking */
};

/* What all connections share: how many turns there have been, and for how many processors. */
struct crowd {
    _Atomic uint32_t turns;
    unsigned processors;
};

/* The connection has been taken; it was let go of at left_ns. */
void look_taken (struct look *, struct crowd *, uint64_t now_ns);

/* It has run N commands. */
void look_ran (struct look *, unsigned n);

/* It is about to be let go of.  True: look first. */
bool look_is_worth (const struct look *, struct crowd *, uint64_t now_ns);

/* Until when.  Now: a glance is enough. */
uint64_t look_end (const struct look *, struct crowd *, uint64_t now_ns);

/* While looking: is somebody else busy, so that it should end? */
bool look_is_disturbed (const struct look *, struct crowd *);

/* It is over; now_ns counts where something was FOUND. */
void look_ended (struct look *, struct crowd *, bool found, uint64_t now_ns);
void look_left (struct look *, uint64_t now_ns);

#endif
