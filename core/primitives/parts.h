/* SPDX-License-Identifier: BSD-3-Clause */
/* parts.h: a request passed on in parts, each to some device at some offset.
 *
 *     parent    ├─────────────┼────────┼───────────────┤
 *                 device A      B        A again, ...
 *
 * The parts are done one after another, and their results (holes, extents, where a read
 * stopped) come back to the parent at the parent's offsets.  LATER-safe, like the
 * sequence that it is. */
#ifndef STELE_PARTS_H
#define STELE_PARTS_H

#include "../hostile.h"
#include "../sequence.h"

enum { PARTS_HOLES = TINY (HOLES, 16) }; /* noted of one part; further ones are filled */

struct parts {
    struct sequence sequence;
    struct device *owner; /* whom the parent was given to */
    uint64_t at;          /* the parent's offset of what is not placed yet */
    uint64_t start;       /* the same of the part under way */
    bool under_way;

    /* Choose for the part at `at`, of which LEFT bytes are left to place: the sequence's
     * device (NULL: it needs nothing done), the child's offset and count.  0 or -errno. */
    int (*place) (struct parts *, uint64_t left);

    struct extents extents; /* of the part under way */
    struct holes holes;
    struct hole hole[PARTS_HOLES];
};

/* 0 or -errno when it is finished, or LATER. */
int parts_start (struct device *owner, struct request *parent,
                 int (*place) (struct parts *, uint64_t left));

#endif
