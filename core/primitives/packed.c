/* SPDX-License-Identifier: BSD-3-Clause */
/* packed.c: a page, packed into as few bytes as it will go.
 *
 * Packing goes by way of scratch, so that in the end exactly as much memory is taken as
 * was needed. */
#include "packed.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"

static_assert (BLOCK <= UINT16_MAX, "a piece's size is kept in 16 bits");

struct packed *packed_new (void) {
    return calloc (1, sizeof (struct packed) + BLOCKS * sizeof (void *));
}

void packed_free (struct packed *p) {
    for (unsigned i = 0; p && i < packed_pieces (p); i++)
        free (p->piece[i]);
    free (p);
}

int packed_read (const struct packed *p, struct packer_state *s, unsigned block, void *to) {
    unsigned size = p->size[block];

    if (size > 0 && size < BLOCK)
        return packer_unpack (s, p->piece[block], size, to, BLOCK);
    if (size > 0)
        memcpy (to, p->piece[block], BLOCK);
    else
        memset (to, 0, BLOCK);
    return 0;
}

int packed_unpack (const struct packed *p, struct packer_state *s, void *page) {
    unsigned char *frame = packer_out (s);
    int result = 0;

    for (unsigned i = 0; i < packed_pieces (p) && result == 0; i++)
        if (p->whole)
            memcpy (frame + i * BLOCK, p->piece[i], p->size[i]);
        else
            result = packed_read (p, s, i, (char *) page + i * BLOCK);
    return p->whole ? packer_unpack (s, frame, p->whole, page, PAGE) : result;
}

void packed_zero (struct packed *p, unsigned block) {
    free (p->piece[block]);
    p->piece[block] = NULL;
    p->bytes_used -= p->size[block];
    p->size[block] = 0;
}

static unsigned char *copy_of (const unsigned char *bytes, unsigned n) {
    unsigned char *copy = malloc (n);

    if (copy)
        memcpy (copy, bytes, n);
    return copy;
}

struct packed *packed_whole (struct packer_state *s, const void *page, uint32_t room) {
    unsigned char *frame = packer_out (s);
    size_t n = bytes_are_zero (page, PAGE)
                   ? 0
                   : packer_pack (s, page, PAGE, frame, room < PAGE ? room : PAGE);
    unsigned pieces = (n + BLOCK - 1) / BLOCK;
    struct packed *p = n ? calloc (1, sizeof *p + pieces * sizeof *p->piece) : NULL;

    if (!p)
        return NULL;
    p->whole = p->bytes_used = n;
    for (unsigned i = 0; i < pieces; i++) {
        p->size[i] = i < pieces - 1 ? (unsigned) BLOCK : n - i * BLOCK;
        if ((p->piece[i] = copy_of (frame + i * BLOCK, p->size[i])))
            continue;
        packed_free (p);
        return NULL;
    }
    return p;
}

/* How many bytes the block takes at TO. */
static unsigned block_pack (struct packer_state *s, const unsigned char *from,
                            unsigned char *to) {
    size_t n;

    if (bytes_are_zero (from, BLOCK))
        return 0;
    if ((n = packer_pack (s, from, BLOCK, to, BLOCK - BLOCK / 8)) > 0)
        return n;
    memcpy (to, from, BLOCK);
    return BLOCK;
}

int packed_change (struct packed *p, struct packer_state *s,
                   const unsigned char *const from[BLOCKS]) {
    unsigned char *out = packer_out (s), *fresh[BLOCKS] = {NULL};
    uint16_t size[BLOCKS];

    for (unsigned b = 0; b < BLOCKS; b++) {
        if (!from[b] || (size[b] = block_pack (s, from[b], out)) == 0)
            continue;
        if ((fresh[b] = copy_of (out, size[b])))
            continue;
        while (b-- > 0)
            free (fresh[b]);
        return -ENOMEM;
    }
    for (unsigned b = 0; b < BLOCKS; b++)
        if (from[b]) {
            packed_zero (p, b);
            p->piece[b] = fresh[b];
            p->bytes_used += p->size[b] = size[b];
        }
    p->written = 0;
    return 0;
}
