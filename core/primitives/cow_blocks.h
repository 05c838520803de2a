/* SPDX-License-Identifier: BSD-3-Clause */
/* cow_blocks.h: which blocks are in the overlay, and who may put one there.
 *
 *     block ── a bit, once set never cleared: it is in the overlay
 *           └─ a gate (shared with others by number): held while it is put there
 *
 * A gate may be held while an answer is awaited: whoever finds it taken leaves a task,
 * and no thread waits.  For cow.c and cow_change.c. */
#ifndef STELE_COW_BLOCKS_H
#define STELE_COW_BLOCKS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "../hostile.h"
#include "../pool.h"
#include "../task.h"
#include "radix.h"

enum { COW_GATES = TINY (COW_GATES, 256) };

struct cow_gate {
    pthread_mutex_t lock; /* guards what follows */
    bool taken;
    struct task_queue waiting;
};

struct cow_blocks {
    uint64_t size; /* bytes */
    unsigned bits; /* a block has 2^bits bytes */
    uint64_t pieces; /* of the array of bits */
    struct radix words;
    struct pool *pool; /* where those go on that waited; NULL: on the thread that let go */
    struct cow_gate gates[COW_GATES];
};

int cow_blocks_init (struct cow_blocks *, uint64_t size, unsigned bits, struct pool *);
void cow_blocks_clear (struct cow_blocks *); /* no gate is taken */

/* How far from OFFSET, at most to END, it is the same as at OFFSET: in the overlay or not.
 * Bytes. */
uint64_t cow_blocks_run (const struct cow_blocks *, uint64_t offset, uint64_t end,
                         bool *present);
bool cow_blocks_present (const struct cow_blocks *, uint64_t offset);

/* Before a block is put there: is there a place for its bit?  0 or -ENOMEM. */
int cow_blocks_prepare (struct cow_blocks *, uint64_t offset);
void cow_blocks_set (struct cow_blocks *, uint64_t offset); /* after prepare, gate held */

/* True: the gate is the caller's.  False: TASK runs when it is. */
bool cow_gate_enter (struct cow_blocks *, uint64_t offset, struct task *);
void cow_gate_leave (struct cow_blocks *, uint64_t offset);

#endif
