/* SPDX-License-Identifier: BSD-3-Clause */
/* cow_blocks.c: which blocks are in the overlay, and who may put one there.
 *
 * The bits stand in pieces that are made when the first of theirs is set, so a device of
 * any length can have an overlay.  They are read without a lock. */
#include "cow_blocks.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { PIECE = TINY (COW_PIECE, 4096), WORDS = PIECE / 64 }; /* bits in a piece */

struct piece {
    _Atomic uint64_t words[WORDS];
};

int cow_blocks_init (struct cow_blocks *b, uint64_t size, unsigned bits, struct pool *pool) {
    uint64_t blocks = (size >> bits) + 1;

    b->size = size;
    b->bits = bits;
    b->pool = pool;
    b->pieces = blocks / PIECE + 1;
    if (radix_init (&b->words, b->pieces) < 0)
        return -ENOMEM;
    for (unsigned i = 0; i < COW_GATES; i++) {
        pthread_mutex_init (&b->gates[i].lock, NULL);
        b->gates[i].taken = false;
        task_queue_init (&b->gates[i].waiting);
    }
    return 0;
}

void cow_blocks_clear (struct cow_blocks *b) {
    radix_clear (&b->words, free);
    for (unsigned i = 0; i < COW_GATES; i++)
        pthread_mutex_destroy (&b->gates[i].lock);
}

static struct piece *piece_of (const struct cow_blocks *b, uint64_t block) {
    struct radix_slot *slot = radix_find (&b->words, block / PIECE);

    return slot ? atomic_load_explicit (&slot->pointer, memory_order_acquire) : NULL;
}

/* From this block on to the end of its word, or to the next piece: as many as are the
 * same. */
static uint64_t same (const struct cow_blocks *b, uint64_t block, bool *present) {
    struct piece *piece = piece_of (b, block);
    uint64_t word, n;

    *present = false;
    if (!piece)
        return radix_next (&b->words, block / PIECE + 1, b->pieces) * PIECE - block;
    word = atomic_load_explicit (&piece->words[block % PIECE / 64], memory_order_acquire) >>
           block % 64;
    *present = word & 1;
    if (*present)
        word = ~word;
    n = word ? (uint64_t) __builtin_ctzll (word) : 64;
    return n < 64 - block % 64 ? n : 64 - block % 64;
}

bool cow_blocks_present (const struct cow_blocks *b, uint64_t offset) {
    bool present;

    same (b, offset >> b->bits, &present);
    return present;
}

uint64_t cow_blocks_run (const struct cow_blocks *b, uint64_t offset, uint64_t end,
                         bool *present) {
    uint64_t block = offset >> b->bits, last = (end - 1) >> b->bits;
    bool next;

    block += same (b, block, present);
    while (block <= last) {
        uint64_t n = same (b, block, &next);
        if (next != *present)
            break;
        block += n;
    }
    return block > last ? end - offset : (block << b->bits) - offset;
}

int cow_blocks_prepare (struct cow_blocks *b, uint64_t offset) {
    struct radix_slot *slot = radix_make (&b->words, (offset >> b->bits) / PIECE);
    struct piece *piece;
    void *none = NULL;

    if (!slot)
        return -ENOMEM;
    if (atomic_load_explicit (&slot->pointer, memory_order_acquire))
        return 0;
    if (!(piece = calloc (1, sizeof *piece)))
        return -ENOMEM;
    if (!atomic_compare_exchange_strong (&slot->pointer, &none, piece))
        free (piece); /* somebody was faster */
    return 0;
}

void cow_blocks_set (struct cow_blocks *b, uint64_t offset) {
    uint64_t block = offset >> b->bits;

    atomic_fetch_or_explicit (&piece_of (b, block)->words[block % PIECE / 64],
                              UINT64_C (1) << block % 64, memory_order_release);
}

static struct cow_gate *gate_of (struct cow_blocks *b, uint64_t offset) {
    return &b->gates[(offset >> b->bits) % COW_GATES];
}

bool cow_gate_enter (struct cow_blocks *b, uint64_t offset, struct task *task) {
    struct cow_gate *gate = gate_of (b, offset);
    bool mine;

    pthread_mutex_lock (&gate->lock);
    mine = !gate->taken;
    if (mine)
        gate->taken = true;
    else
        task_push (&gate->waiting, task);
    pthread_mutex_unlock (&gate->lock);
    return mine;
}

void cow_gate_leave (struct cow_blocks *b, uint64_t offset) {
    struct cow_gate *gate = gate_of (b, offset);
    struct task *next;

    pthread_mutex_lock (&gate->lock);
    next = task_pop (&gate->waiting); /* the gate passes to it as it is, taken */
    if (!next)
        gate->taken = false;
    pthread_mutex_unlock (&gate->lock);
    if (next && b->pool)
        pool_post (b->pool, next);
    else if (next)
        next->run (next);
}
