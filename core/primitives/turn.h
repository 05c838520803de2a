/* SPDX-License-Identifier: BSD-3-Clause */
/* turn.h: what a call does with one page of the zstd store, whose lock it holds.
 *
 * A turn looks the page up once and borrows zstd's state when it first wants it.  Whatever
 * changes how the page is kept goes through here, so that what is counted as used, the hot
 * blocks and what is packed always agree.  Shared with ram_zstd.c, and nobody else. */
#ifndef STELE_TURN_H
#define STELE_TURN_H

#include "hot.h"
#include "packed.h"
#include "packer.h"
#include "radix.h"
#include "ram_store.h"

/* What is kept unpacked, 8 MiB at most, whatever the disk's size: enough to gather what
 * comes in small pieces (a stream, a journal, the bitmaps of a file system) into pages,
 * and little beside what a disk that is worth compressing takes packed. */
enum {
    SHARDS = 32,
    HOT_BLOCKS = TINY (HOT_BLOCKS, 48), /* in a shard: 6 MiB in all; 2 MiB of pages unpacked last */
    MANY_MISSES = 4, /* a whole page that is read here and there becomes blocks */
    NEAR_HITS = 4,   /* unless it is read on from where it was read */
    WORTH = PAGE - PAGE / 8, /* a whole page is smaller than this, or is not kept whole */
};

struct shard {
    struct hot hot;
    uint64_t last;        /* the whole page in last_bytes; HOT_NONE for none */
    unsigned last_hits;   /* reads that it was good for */
    unsigned char *last_bytes; /* a page, counted as used; or NULL */
};

struct zstd {
    struct radix pages;
    unsigned shards;
    struct shard *shard;
    struct packer packer;
};

/* What a call knows about its page. */
struct turn {
    struct ram *ram;
    struct zstd *z;
    struct shard *shard;
    uint64_t page;
    struct radix_slot *slot; /* NULL: none was made yet */
    struct packed *packed;   /* what it says */
    struct hot_page *hot;    /* or NULL */
    struct packer_state *state; /* or NULL: not wanted so far */
};

/* End with turn_end, which passes RESULT on. */
struct turn turn_start (struct ram *, uint64_t page);
int turn_end (struct turn *, int result);

int turn_state (struct turn *); /* from here on there is a state: 0 or -ENOMEM */

/* The page is now kept as FRESH (taken over), and has no hot blocks.  0 or -ENOSPC.
 * turn_replace: NULL is zero.  turn_keep: NULL is -ENOMEM, and what is all zero goes. */
int turn_replace (struct turn *, struct packed *fresh);
int turn_keep (struct turn *, struct packed *fresh);

/* A flat page, packed as it is best kept.  NULL: out of memory. */
struct packed *turn_pack (struct turn *, const unsigned char *page);

/* Pack the page's hot blocks with what it has.  The bytes are counted already: this takes
 * no more than they did hot.  0, -ENOMEM or -EIO. */
int turn_cool (struct turn *);

/* COUNT bytes from START in a block of a page that is not zero. */
int turn_read (struct turn *, unsigned block, unsigned char *to, uint32_t start,
               uint32_t count);

/* A whole page becomes blocks, which may take more: if there is no room for that, it stays. */
void turn_break_up (struct turn *);

/* A hot block for this one, which has none.  FILL: with what it holds. */
int turn_heat (struct turn *, unsigned block, bool fill, unsigned char **bytes);

/* Something may have become zero: forget what need not be kept. */
void turn_tidy (struct turn *);

#endif
