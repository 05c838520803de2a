/* SPDX-License-Identifier: BSD-3-Clause */
/* hot.h: the blocks that were written last, unpacked, until they are packed together.
 *
 * Some places for a block each, and which block of which page is in them.  Reading goes
 * past it: only what was changed is here, so that what leaves has to be packed and
 * nothing else is pushed out.  Whoever locks the pages locks this. */
#ifndef STELE_HOT_H
#define STELE_HOT_H

#include <stdbool.h>
#include <stdint.h>

#include "packed.h"

enum { HOT_PLACES = 64 }; /* at most */

struct hot_page {
    uint32_t reserved; /* bytes that the packed page may come to need, counted as used */
    uint16_t blocks;   /* those that are here */
    bool used;         /* since the hand passed by */
    uint8_t place[BLOCKS];
};

struct hot {
    unsigned places;
    unsigned hand;             /* goes around in search of a page that was not used */
    uint64_t free;             /* places, a bit each */
    unsigned char *bytes;      /* PLACES blocks; made when first wanted */
    uint64_t page[HOT_PLACES]; /* apart, to be searched fast; HOT_NONE where there is none */
    struct hot_page of[HOT_PLACES];
};

#define HOT_NONE UINT64_MAX

void hot_init (struct hot *, unsigned places);
void hot_clear (struct hot *);

struct hot_page *hot_find (struct hot *, uint64_t page); /* or NULL */
struct hot_page *hot_make (struct hot *, uint64_t page); /* there is a free place */

/* Where a block is, NULL: not here. */
static inline unsigned char *hot_at (struct hot *h, const struct hot_page *p, unsigned block) {
    return p && p->blocks >> block & 1 ? h->bytes + ((size_t) p->place[block] << BLOCK_BITS)
                                       : NULL;
}

/* Room for one more block of the page.  NULL: out of memory. */
unsigned char *hot_add (struct hot *, struct hot_page *, unsigned block);
void hot_drop (struct hot *, struct hot_page *, unsigned block);
void hot_forget (struct hot *, struct hot_page *); /* the page, and all its blocks */

uint64_t hot_oldest (struct hot *); /* the page to go next, or HOT_NONE */

static inline unsigned hot_count (const struct hot_page *p) {
    return p ? __builtin_popcount (p->blocks) : 0;
}

#endif
