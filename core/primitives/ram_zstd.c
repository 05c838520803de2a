/* SPDX-License-Identifier: BSD-3-Clause */
/* ram_zstd.c: pages that are kept compressed, except for the few blocks in use.
 *
 *     slot ──▶ NULL             all zero
 *              packed, whole    written all at once, or left alone since (packed.h)
 *              packed, blocks   written here and there
 *
 * A shard is what one lock of the disk guards: its pages, the blocks of them that were
 * written last (hot.h: they override what is packed), and the whole page that was unpacked
 * last.  A small write goes to a hot block; when that has to make room, the page's hot
 * blocks are packed together: as a whole page if they are most of it, else each by itself.
 * So a small write to a cold page costs packing one block and not unpacking and packing
 * a page, and a stream of small writes ends up as whole pages nevertheless. */
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "turn.h"

static int zstd_read (struct ram *ram, uint64_t page, void *to, uint32_t start,
                      uint32_t count) {
    struct turn t = turn_start (ram, page);
    uint32_t n;
    int result = 0;

    if (!t.packed)
        return RAM_HOLE;
    if (count == PAGE && t.packed->whole && !t.hot) {
        if ((result = turn_state (&t)) == 0)
            result = packed_unpack (t.packed, t.state, to);
        return turn_end (&t, result);
    }
    for (uint32_t end = start + count; start < end && result == 0; start += n) {
        uint32_t in = start % BLOCK;
        n = end - start < BLOCK - in ? end - start : BLOCK - in;
        result = turn_read (&t, start / BLOCK, to, in, n);
        to = (char *) to + n;
    }
    if (t.packed->whole && !t.hot && t.packed->misses >= MANY_MISSES)
        turn_break_up (&t);
    return turn_end (&t, result);
}

/* Bytes kept as they are may be changed where they stand.  When as much as a page has
 * been, it is time to see whether they can be packed by now. */
static bool is_as_it_is (const struct turn *t, unsigned block) {
    return t->packed && !t->packed->whole && t->packed->size[block] == BLOCK;
}

static int write_block (struct turn *t, unsigned block, const void *from, uint32_t start,
                        uint32_t count) {
    unsigned char *to = hot_at (&t->shard->hot, t->hot, block);
    int result = 0;

    if (!to && is_as_it_is (t, block) && (t->packed->written += count) < PAGE)
        to = t->packed->piece[block];
    else if (!to && (result = turn_heat (t, block, count < BLOCK, &to)) < 0 && is_as_it_is (t, block))
        to = t->packed->piece[block];
    if (!to)
        return result;
    if (t->hot)
        t->hot->used = true;
    if (from)
        memcpy (to + start, from, count);
    else
        memset (to + start, 0, count);
    return 0;
}

static int write_page (struct turn *t, const void *from) {
    int result = turn_state (t);

    if (result < 0)
        return result;
    if (!t->slot && !(t->slot = radix_make (&t->z->pages, t->page)))
        return -ENOMEM;
    return turn_keep (t, turn_pack (t, from));
}

static int zstd_write (struct ram *ram, uint64_t page, const void *from, uint32_t start,
                       uint32_t count) {
    struct turn t = turn_start (ram, page);
    uint32_t n;
    int result = 0;

    if (!t.packed && bytes_are_zero (from, count))
        return 0;
    if (count == PAGE)
        return turn_end (&t, write_page (&t, from));
    for (uint32_t end = start + count; start < end && result == 0; start += n) {
        uint32_t in = start % BLOCK;
        n = end - start < BLOCK - in ? end - start : BLOCK - in;
        result = write_block (&t, start / BLOCK, from, in, n);
        from = (const char *) from + n;
    }
    return turn_end (&t, result);
}

/* Where the page is in blocks, one that is zero takes nothing. */
static int zero_block (struct turn *t, unsigned block, uint32_t start, uint32_t count) {
    unsigned char *at = hot_at (&t->shard->hot, t->hot, block);
    int result = 0;

    if (!t->packed || (!t->packed->whole && !at && t->packed->size[block] == 0))
        return 0;
    if ((t->packed->whole || count < BLOCK) &&
        (result = write_block (t, block, NULL, start, count)) < 0)
        return result;
    at = hot_at (&t->shard->hot, t->hot, block);
    if (t->packed->whole || (count < BLOCK && at && !bytes_are_zero (at, BLOCK)) ||
        (count < BLOCK && !at && !bytes_are_zero (t->packed->piece[block], BLOCK)))
        return 0;
    ram_give (t->ram, (at ? BLOCK : 0) + t->packed->size[block]);
    packed_zero (t->packed, block);
    if (at)
        hot_drop (&t->shard->hot, t->hot, block);
    turn_tidy (t);
    return 0;
}

static int zstd_zero (struct ram *ram, uint64_t page, uint32_t start, uint32_t count) {
    struct turn t = turn_start (ram, page);
    uint32_t n;
    int result = 0;

    if (t.packed && count == PAGE)
        return turn_replace (&t, NULL);
    for (uint32_t end = start + count; t.packed && start < end && result == 0; start += n) {
        uint32_t in = start % BLOCK;
        n = end - start < BLOCK - in ? end - start : BLOCK - in;
        result = zero_block (&t, start / BLOCK, in, n);
    }
    if (result == 0 && t.packed && t.packed->whole && hot_count (t.hot) == BLOCKS)
        turn_cool (&t); /* perhaps all is zero by now; if it fails nothing is lost */
    return turn_end (&t, result);
}

static uint64_t zstd_next (struct ram *ram, uint64_t page, uint64_t end) {
    struct zstd *z = ram->state;

    return radix_next (&z->pages, page, end);
}

static bool cool_shard (struct ram *ram, struct shard *shard) {
    struct turn t;
    uint64_t page;
    bool gained = false;

    if (shard->last_bytes) {
        free (shard->last_bytes);
        shard->last_bytes = NULL;
        shard->last = HOT_NONE;
        ram_give (ram, PAGE);
        gained = true;
    }
    while ((page = hot_oldest (&shard->hot)) != HOT_NONE) {
        t = turn_start (ram, page);
        if (turn_end (&t, turn_cool (&t)) < 0)
            break;
        gained = true;
    }
    return gained;
}

static bool zstd_squeeze (struct ram *ram) {
    struct zstd *z = ram->state;
    bool gained = false;

    for (unsigned s = 0; s < z->shards; s++) {
        ram_lock (ram, s);
        gained |= cool_shard (ram, &z->shard[s]);
        ram_unlock (ram, s);
    }
    return gained;
}

static void forget_packed (void *packed) {
    packed_free (packed);
}

static void zstd_close (struct ram *ram) {
    struct zstd *z = ram->state;

    for (unsigned s = 0; z->shard && s < z->shards; s++) {
        hot_clear (&z->shard[s].hot);
        free (z->shard[s].last_bytes);
    }
    radix_clear (&z->pages, forget_packed);
    packer_clear (&z->packer);
    free (z->shard);
    free (z);
}

/* A small limit leaves most of itself to what is packed. */
static void choose_shards (struct ram *ram, struct zstd *z) {
    uint64_t most = ram->limit / 8 / BLOCK;

    z->shards = 1;
    while (z->shards < SHARDS && (uint64_t) z->shards * 2 * (HOT_BLOCKS + BLOCKS) <= most &&
           z->shards < ram->pages)
        z->shards *= 2; /* no more than there will be locks */
    for (unsigned s = 0; z->shard && s < z->shards; s++) {
        hot_init (&z->shard[s].hot, most < 1 ? 1 : most < HOT_BLOCKS ? most : HOT_BLOCKS);
        z->shard[s].last = HOT_NONE;
    }
    ram->locks_wanted = z->shards;
}

static int zstd_open (struct ram *ram, struct error *error) {
    struct zstd *z = calloc (1, sizeof *z);
    int result;

    /* What one thread packed another replaces: had each its own arena, each would keep
     * holes that only it can fill, a third of all the memory.  (The whole process shares
     * one then; only what is larger than a thread's own cache has to wait for its lock.) */
    mallopt (M_ARENA_MAX, 1);
    if (!z)
        return error_set (error, ENOMEM, "ram: out of memory");
    if ((result = packer_init (&z->packer, PAGE, ram->level, error)) < 0) {
        free (z);
        return result;
    }
    z->shard = calloc (SHARDS, sizeof *z->shard);
    choose_shards (ram, z);
    ram->state = z;
    if (!z->shard || radix_init (&z->pages, ram->pages) < 0) {
        zstd_close (ram);
        return error_set (error, ENOMEM, "ram: out of memory");
    }
    return 0;
}

const struct ram_store ram_zstd = {
    .name = "zstd",
    .exclusive = true,
    .page_bits = PAGE_BITS,
    .preferred_block = RAM_PAGE,
    .open = zstd_open,
    .close = zstd_close,
    .read = zstd_read,
    .write = zstd_write,
    .zero = zstd_zero,
    .next = zstd_next,
    .squeeze = zstd_squeeze,
};
