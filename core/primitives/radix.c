/* SPDX-License-Identifier: BSD-3-Clause */
/* radix.c: an array of pointers of which few are set, however long it is.
 *
 *     root ──▶ node ──▶ leaf ──▶ what the user keeps
 *
 * A node has 1024 slots; the root only as many as the length needs, so that an array of
 * up to a million has two levels.  A missing node is made by whoever comes first. */
#include "radix.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "../hostile.h"

enum { BITS = TINY (RADIX_BITS, 10), SLOTS = 1 << BITS };

static uint64_t span (unsigned level) {
    return UINT64_C (1) << (BITS * level); /* indices under one slot */
}

static void *slot_load (const struct radix_slot *slot) {
    return atomic_load_explicit (&slot->pointer, memory_order_acquire);
}

int radix_init (struct radix *t, uint64_t length) {
    t->levels = 1;
    while (length > 0 && (length - 1) / span (t->levels - 1) >= SLOTS)
        t->levels++;
    t->roots = length > 0 ? (length - 1) / span (t->levels - 1) + 1 : 1;
    t->root = calloc (t->roots, sizeof *t->root);
    return t->root ? 0 : -ENOMEM;
}

static void node_free (struct radix_slot *node, uint64_t slots, unsigned level,
                       void (*forget) (void *)) {
    for (uint64_t i = 0; i < slots; i++) {
        void *pointer = slot_load (&node[i]);
        if (!pointer)
            continue;
        if (level > 0)
            node_free (pointer, SLOTS, level - 1, forget);
        else if (forget)
            forget (pointer);
    }
    free (node);
}

void radix_clear (struct radix *t, void (*forget) (void *)) {
    if (t->root)
        node_free (t->root, t->roots, t->levels - 1, forget);
    t->root = NULL;
}

/* Which slot of a node of this level INDEX is under; the root's are not wrapped. */
static uint64_t place (uint64_t index, unsigned level) {
    return (index >> (BITS * level)) & (SLOTS - 1);
}

struct radix_slot *radix_find (const struct radix *t, uint64_t index) {
    unsigned level = t->levels - 1;
    struct radix_slot *slot = &t->root[index >> (BITS * level)];

    while (level > 0) {
        struct radix_slot *node = slot_load (slot);
        if (!node)
            return NULL;
        level--;
        slot = &node[place (index, level)];
    }
    return slot;
}

/* The node under SLOT, made if need be.  Of two that make it at once, one's is used. */
static struct radix_slot *node_make (struct radix_slot *slot) {
    void *node = slot_load (slot), *fresh;

    if (node)
        return node;
    if (!(fresh = calloc (SLOTS, sizeof *slot)))
        return NULL;
    if (atomic_compare_exchange_strong (&slot->pointer, &node, fresh))
        return fresh;
    free (fresh);
    return node;
}

struct radix_slot *radix_make (struct radix *t, uint64_t index) {
    unsigned level = t->levels - 1;
    struct radix_slot *slot = &t->root[index >> (BITS * level)];

    while (level > 0) {
        struct radix_slot *node = node_make (slot);
        if (!node)
            return NULL;
        level--;
        slot = &node[place (index, level)];
    }
    return slot;
}

/* One step of radix_next: INDEX itself if it is set, else the first index that is not
 * known to be unset. */
static uint64_t skip (const struct radix *t, uint64_t index) {
    unsigned level = t->levels - 1;
    const struct radix_slot *slot = &t->root[index >> (BITS * level)];
    void *pointer;

    while ((pointer = slot_load (slot)) && level > 0) {
        level--;
        slot = (struct radix_slot *) pointer + place (index, level);
    }
    return pointer ? index : (index / span (level) + 1) * span (level);
}

uint64_t radix_next (const struct radix *t, uint64_t index, uint64_t end) {
    while (index < end) {
        uint64_t next = skip (t, index);
        if (next == index)
            return index;
        index = next;
    }
    return end;
}
