/* SPDX-License-Identifier: BSD-3-Clause */
/* hot.c: the blocks that were written last, unpacked, until they are packed together.
 *
 * The lowest free place is taken, so that memory which was never needed is never
 * touched. */
#include "hot.h"

#include <assert.h>
#include <stdlib.h>

static_assert (BLOCKS == 16, "a bit for each in hot_page.blocks");
static_assert (HOT_PLACES == 64, "a bit for each in hot.free");

void hot_init (struct hot *h, unsigned places) {
    *h = (struct hot){.places = places,
                      .free = places == 64 ? UINT64_MAX : (UINT64_C (1) << places) - 1};
    for (unsigned i = 0; i < HOT_PLACES; i++)
        h->page[i] = HOT_NONE;
}

void hot_clear (struct hot *h) {
    free (h->bytes);
}

struct hot_page *hot_find (struct hot *h, uint64_t page) {
    for (unsigned i = 0; i < h->places; i++)
        if (h->page[i] == page)
            return &h->of[i];
    return NULL;
}

struct hot_page *hot_make (struct hot *h, uint64_t page) {
    struct hot_page *p = hot_find (h, page);

    if (!p && (p = hot_find (h, HOT_NONE))) { /* no more pages than places */
        h->page[p - h->of] = page;
        *p = (struct hot_page){.blocks = 0};
    }
    return p;
}

unsigned char *hot_add (struct hot *h, struct hot_page *p, unsigned block) {
    if (!h->bytes && !(h->bytes = aligned_alloc (BLOCK, (size_t) h->places << BLOCK_BITS)))
        return NULL;
    p->place[block] = __builtin_ctzll (h->free);
    h->free &= h->free - 1;
    p->blocks |= 1u << block;
    return hot_at (h, p, block);
}

void hot_drop (struct hot *h, struct hot_page *p, unsigned block) {
    h->free |= UINT64_C (1) << p->place[block];
    p->blocks &= ~(1u << block);
}

void hot_forget (struct hot *h, struct hot_page *p) {
    for (unsigned b = 0; b < BLOCKS; b++)
        if (p->blocks >> b & 1)
            hot_drop (h, p, b);
    h->page[p - h->of] = HOT_NONE;
}

uint64_t hot_oldest (struct hot *h) {
    for (unsigned tries = 0; tries < 2 * h->places + 1; tries++) {
        unsigned i = h->hand;
        h->hand = (i + 1) % h->places;
        if (h->page[i] != HOT_NONE && !h->of[i].used)
            return h->page[i];
        h->of[i].used = false;
    }
    return HOT_NONE;
}
