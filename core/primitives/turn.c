/* SPDX-License-Identifier: BSD-3-Clause */
/* turn.c: what a call does with one page of the zstd store, whose lock it holds.
 *
 * Packing only ever makes the bytes that are counted fewer: a hot block is counted with
 * all of itself, and the first one of a whole page reserves what the page could come to
 * take.  So what was accepted can always be packed, however near the limit is. */
#include "turn.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"

struct turn turn_start (struct ram *ram, uint64_t page) {
    struct zstd *z = ram->state;
    struct turn t = {.ram = ram, .z = z, .page = page};

    t.shard = &z->shard[page & (z->shards - 1)];
    if ((t.slot = radix_find (&z->pages, page)))
        t.packed = atomic_load_explicit (&t.slot->pointer, memory_order_relaxed);
    if (t.packed)
        t.hot = hot_find (&t.shard->hot, page);
    return t;
}

int turn_end (struct turn *t, int result) {
    packer_give (&t->z->packer, t->state);
    return result;
}

int turn_state (struct turn *t) {
    if (!t->state)
        t->state = packer_take (&t->z->packer);
    return t->state ? 0 : -ENOMEM;
}

/* Bytes that this page is counted with. */
static uint64_t cost (const struct turn *t) {
    return (t->packed ? packed_cost (t->packed) : 0) + (t->hot ? t->hot->reserved : 0) +
           hot_count (t->hot) * (uint64_t) BLOCK;
}

int turn_replace (struct turn *t, struct packed *fresh) {
    uint64_t before = cost (t), now = fresh ? packed_cost (fresh) : 0;
    int result = now > before ? ram_take (t->ram, now - before) : 0;

    if (result < 0) {
        packed_free (fresh);
        return result;
    }
    if (before > now)
        ram_give (t->ram, before - now);
    atomic_store_explicit (&t->slot->pointer, fresh, memory_order_release);
    packed_free (t->packed);
    t->packed = fresh;
    if (t->hot)
        hot_forget (&t->shard->hot, t->hot);
    t->hot = NULL;
    if (t->shard->last == t->page)
        t->shard->last = HOT_NONE;
    return 0;
}

int turn_keep (struct turn *t, struct packed *fresh) {
    if (!fresh)
        return -ENOMEM;
    if (packed_is_zero (fresh)) {
        packed_free (fresh);
        fresh = NULL;
    }
    return turn_replace (t, fresh);
}

/* All blocks of a page that lies flat. */
static struct packed *flat_blocks (struct turn *t, const unsigned char *page) {
    const unsigned char *from[BLOCKS];
    struct packed *p;

    for (unsigned b = 0; b < BLOCKS; b++)
        from[b] = page + b * BLOCK;
    if ((p = packed_new ()) && packed_change (p, t->state, from) < 0) {
        packed_free (p);
        p = NULL;
    }
    return p;
}

struct packed *turn_pack (struct turn *t, const unsigned char *page) {
    struct packed *p = packed_whole (t->state, page, WORTH);

    return p ? p : flat_blocks (t, page);
}

/* The page as it is with its hot blocks FROM, flat and in scratch. */
static int flatten (struct turn *t, const unsigned char *const from[BLOCKS]) {
    unsigned char *page = packer_page (t->state);
    int result = 0;

    if (hot_count (t->hot) < BLOCKS)
        result = packed_unpack (t->packed, t->state, page);
    for (unsigned b = 0; b < BLOCKS && result == 0; b++)
        if (from[b])
            memcpy (page + b * BLOCK, from[b], BLOCK);
    return result;
}

/* The hot blocks take their places in a page that is in blocks. */
static int change (struct turn *t, const unsigned char *const from[BLOCKS]) {
    uint64_t before = cost (t);
    int result = packed_change (t->packed, t->state, from);

    if (result < 0)
        return result;
    hot_forget (&t->shard->hot, t->hot);
    t->hot = NULL;
    ram_give (t->ram, before - cost (t));
    return packed_is_zero (t->packed) ? turn_replace (t, NULL) : 0;
}

int turn_cool (struct turn *t) {
    const unsigned char *from[BLOCKS];
    struct packed *fresh = NULL;
    bool whole = t->packed->whole, most = 2 * hot_count (t->hot) >= BLOCKS;
    uint64_t room = cost (t) - packed_cost (t->packed) + t->packed->bytes_used;
    int result = turn_state (t);

    for (unsigned b = 0; b < BLOCKS; b++)
        from[b] = hot_at (&t->shard->hot, t->hot, b);
    if (result == 0 && (whole || most))
        result = flatten (t, from);
    if (result < 0)
        return result;
    if (most)
        fresh = packed_whole (t->state, packer_page (t->state), room < WORTH ? room : WORTH);
    if (!fresh && !whole)
        return change (t, from);
    return turn_keep (t, fresh ? fresh : flat_blocks (t, packer_page (t->state)));
}

/* Make room for a block among the hot ones, at the cost of a page that may be T's own. */
static int make_room (struct turn *t) {
    struct turn victim = turn_start (t->ram, hot_oldest (&t->shard->hot));
    int result = turn_state (t);

    if (result < 0)
        return result;
    victim.state = t->state;
    result = turn_cool (&victim);
    if (victim.page == t->page)
        *t = victim;
    return result;
}

/* The page is whole: its bytes, unpacked, if need be into scratch.  NULL: *RESULT. */
static const unsigned char *unpack_whole (struct turn *t, int *result) {
    struct shard *shard = t->shard;
    unsigned char *to;

    if (shard->last == t->page) {
        if (++shard->last_hits == NEAR_HITS)
            t->packed->misses = 0;
        return shard->last_bytes;
    }
    if ((*result = turn_state (t)) < 0)
        return NULL;
    if (!shard->last_bytes && ram_take (t->ram, PAGE) == 0 &&
        !(shard->last_bytes = malloc (PAGE)))
        ram_give (t->ram, PAGE);
    to = shard->last_bytes ? shard->last_bytes : packer_page (t->state);
    shard->last = HOT_NONE;
    if ((*result = packed_unpack (t->packed, t->state, to)) < 0)
        return NULL;
    t->packed->misses++;
    shard->last_hits = 0;
    if (shard->last_bytes)
        shard->last = t->page;
    return to;
}

int turn_read (struct turn *t, unsigned block, unsigned char *to, uint32_t start,
                       uint32_t count) {
    const unsigned char *from = hot_at (&t->shard->hot, t->hot, block);
    int result = 0;

    if (!from && t->packed->whole) {
        if (!(from = unpack_whole (t, &result)))
            return result;
        from += block * BLOCK;
    } else if (!from && t->packed->size[block] == BLOCK) {
        from = t->packed->piece[block];
    } else if (!from && t->packed->size[block] == 0) {
        memset (to, 0, count);
        return 0;
    } else if (!from) {
        if ((result = turn_state (t)) < 0)
            return result;
        if (count == BLOCK)
            return packed_read (t->packed, t->state, block, to);
        from = packer_page (t->state);
        if ((result = packed_read (t->packed, t->state, block, packer_page (t->state))) < 0)
            return result;
    }
    memcpy (to, from + start, count);
    return 0;
}

void turn_break_up (struct turn *t) {
    const unsigned char *page;
    struct packed *fresh;
    int result;

    if ((page = unpack_whole (t, &result)) && turn_state (t) == 0 &&
        (fresh = flat_blocks (t, page)))
        turn_replace (t, fresh);
}

/* A page that is zero so far is to have a hot block. */
static int make_packed (struct turn *t) {
    struct packed *fresh;

    if (t->packed)
        return 0;
    if (!t->slot && !(t->slot = radix_make (&t->z->pages, t->page)))
        return -ENOMEM;
    if (!(fresh = packed_new ()))
        return -ENOMEM;
    return turn_replace (t, fresh);
}

void turn_tidy (struct turn *t) {
    if (t->hot && t->hot->blocks == 0) {
        ram_give (t->ram, t->hot->reserved);
        hot_forget (&t->shard->hot, t->hot);
        t->hot = NULL;
    }
    if (t->packed && !t->hot && packed_is_zero (t->packed))
        turn_replace (t, NULL);
}

/* Count one more hot block, and with the first of a page that is whole what this may come
 * to take when it is packed again. */
static int take_hot (struct turn *t) {
    uint32_t reserve = !t->packed->whole ? 0 : PACKED_COST_MAX - packed_cost (t->packed);
    int result;

    if (t->hot)
        return ram_take (t->ram, BLOCK);
    if ((result = ram_take (t->ram, BLOCK + reserve)) < 0)
        return result;
    t->hot = hot_make (&t->shard->hot, t->page);
    t->hot->reserved = reserve;
    return 0;
}

int turn_heat (struct turn *t, unsigned block, bool fill, unsigned char **bytes) {
    unsigned char old[BLOCK];
    int result = 0;

    while (t->shard->hot.free == 0)
        if ((result = make_room (t)) < 0)
            return result;
    if ((result = make_packed (t)) < 0)
        return result;
    if (fill && (result = turn_read (t, block, old, 0, BLOCK)) < 0)
        return result;
    if ((result = take_hot (t)) == 0 &&
        !(*bytes = hot_add (&t->shard->hot, t->hot, block))) {
        ram_give (t->ram, BLOCK);
        result = -ENOMEM;
    }
    if (result < 0)
        turn_tidy (t);
    else if (fill)
        memcpy (*bytes, old, BLOCK);
    return result;
}
