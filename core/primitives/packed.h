/* SPDX-License-Identifier: BSD-3-Clause */
/* packed.h: a page, packed into as few bytes as it will go.
 *
 *     whole    head ──▶ ┌ one frame, ┬ cut up ┬ into ┬ pieces ┐   smallest, but all or nothing
 *     blocks   head ──▶ ┌─0─┬──1──┬─2─┬┬───4───┬ … ┬─15──┐        a sixteenth can be had alone
 *
 * A block that is zero takes no bytes, and one that would not shrink is kept as it is.  No
 * piece is larger than a block: what one page leaves the next can use, of either kind.
 * Nothing here is locked or counted: that is the store's business. */
#ifndef STELE_PACKED_H
#define STELE_PACKED_H

#include <stdbool.h>
#include <stdint.h>

#include "packer.h"
#include "ram_store.h"

enum {
    PAGE_BITS = TINY (PACKED_PAGE_BITS, 16), /* larger ones than elsewhere pack better */
    BLOCK_BITS = PAGE_BITS - 4,
    PAGE = 1 << PAGE_BITS,
    BLOCK = 1 << BLOCK_BITS,
    BLOCKS = PAGE / BLOCK,
};

struct packed {
    uint32_t whole;        /* bytes of the one frame, or 0: in blocks */
    uint32_t bytes_used;   /* of all pieces */
    uint32_t written;      /* in blocks: bytes written in place since it was packed */
    uint32_t misses;       /* whole: how often it was unpacked for less than all of it */
    uint16_t size[BLOCKS]; /* of each piece; in blocks: 0 is zero, and BLOCK as it is */
    unsigned char *piece[]; /* in blocks: BLOCKS of them */
};

struct packed *packed_new (void); /* in blocks, all zero; NULL: out of memory */
void packed_free (struct packed *); /* NULL is fine */

static inline unsigned packed_pieces (const struct packed *p) {
    return p->whole ? (p->whole + BLOCK - 1) / BLOCK : BLOCKS;
}

static inline uint32_t packed_cost (const struct packed *p) {
    return sizeof *p + packed_pieces (p) * sizeof *p->piece + p->bytes_used;
}

enum { PACKED_COST_MAX = sizeof (struct packed) + BLOCKS * sizeof (void *) + PAGE };

static inline bool packed_is_zero (const struct packed *p) {
    return p->bytes_used == 0;
}

/* In blocks: unpack one.  0 or -EIO. */
int packed_read (const struct packed *, struct packer_state *, unsigned block, void *to);

/* Unpack all, of either kind, into a page.  0 or -EIO. */
int packed_unpack (const struct packed *, struct packer_state *, void *page);

/* In blocks: forget one's bytes. */
void packed_zero (struct packed *, unsigned block);

/* Pack a page whole.  NULL: it takes more than ROOM bytes, or is zero (which blocks say
 * better), or out of memory. */
struct packed *packed_whole (struct packer_state *, const void *page, uint32_t room);

/* In blocks: pack FROM's blocks in place of what was there; NULL leaves one as it is.  0,
 * or -ENOMEM, nothing being changed then. */
int packed_change (struct packed *, struct packer_state *,
                   const unsigned char *const from[BLOCKS]);

#endif
