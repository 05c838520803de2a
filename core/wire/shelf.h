/* SPDX-License-Identifier: BSD-3-Clause */
/* shelf.h: a few places where things that are needed again soon are kept.
 *
 * A thing is put down and taken up by one atomic exchange; each thread begins at a place
 * of its own, so it mostly finds what it put down itself, still warm.  Bounded: when every
 * place is taken the thing is its owner's to free.  Any thread; nobody waits. */
#ifndef STELE_SHELF_H
#define STELE_SHELF_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "../hostile.h"

enum { SHELF_PLACES = TINY (SHELF, 16) };

struct shelf {
    struct {
        alignas (64) _Atomic (void *) thing; /* a cache line each */
    } places[SHELF_PLACES];
};

void *shelf_take (struct shelf *);            /* NULL: it is empty */
bool shelf_put (struct shelf *, void *thing); /* false: it is full */
void shelf_clear (struct shelf *, void (*discard) (void *thing));

#endif
