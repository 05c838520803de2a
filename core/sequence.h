/* SPDX-License-Identifier: BSD-3-Clause */
/* sequence.h: one request done as several, one after another.
 *
 *     parent ◀── finish ── child 1, child 2, child 3 ── next
 *
 * Each child may answer LATER; the sequence then goes on from whatever thread finishes it.
 * The struct lies inside a larger one that its user allocates and frees in `finish`. */
#ifndef STELE_SEQUENCE_H
#define STELE_SEQUENCE_H

#include "device.h"

struct sequence {
    struct request child;
    struct request *parent;
    struct device *device; /* whom the child is for; `next` may change it */

    /* Set up the next child (work, flags, offset, count, data).  1: there is one; 0: all
     * is done; -errno: give up. */
    int (*next) (struct sequence *);

    /* All is done (0) or something failed (-errno): free the struct.  What it returns is
     * the parent's result. */
    int (*finish) (struct sequence *, int result);
};

/* Run it.  0 or -errno when it is finished (the struct is gone), or LATER.  The child's
 * error place and cancelled flag are the parent's. */
int sequence_start (struct sequence *, struct request *parent, struct device *,
                    int (*next) (struct sequence *), int (*finish) (struct sequence *, int));

#endif
