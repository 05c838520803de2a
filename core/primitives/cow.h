/* SPDX-License-Identifier: BSD-3-Clause */
/* cow.h: what the parts of the cow primitive share: cow.c reads and asks, cow_change.c
 * puts blocks into the overlay.  For these two only. */
#ifndef STELE_COW_H
#define STELE_COW_H

#include "../device.h"
#include "cow_blocks.h"

struct cow {
    struct device *overlay; /* a reference, ours; at least as long as the device below */
    struct cow_blocks blocks;
    bool on_cache, on_read;
    char *on_read_while; /* or NULL */
};

/* pwrite, zero, trim: into the overlay, a block that is not there being completed. */
work_fn cow_change;

/* Copy what is not there yet of the range of a pread or cache into the overlay, as far as
 * that goes, then do THEN with the request. */
int cow_copy (struct device *, struct request *, work_fn *then);

#endif
