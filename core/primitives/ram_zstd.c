/* SPDX-License-Identifier: BSD-3-Clause */
/* ram_zstd.c: pages that are kept compressed, except those in use.
 *
 *     slot ──▶ NULL           all zero
 *              packed         compressed, or as it is where that gains nothing
 *              in_hot_set     only in the hot set, changed since
 *
 * A shard is what one lock of the disk guards: its pages and, of those, the few used last,
 * unpacked (the hot set).  A page is compressed when it leaves that, not when it is
 * written.  A page that would not shrink is worked on in place, and tried again when as
 * much as a page has been written to it. */
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "packer.h"
#include "radix.h"
#include "ram_store.h"

enum {
    HOT_BYTES = 64 << 20, /* all hot sets together */
    HOT_SHARD = 32,       /* pages in one hot set, at most; they are searched in a row */
    SHARDS = 64,
};

#define NO_PAGE UINT64_MAX

struct packed {
    uint32_t size;    /* of bytes[]; RAM_PAGE: as it is */
    uint32_t written; /* as it is: bytes written since it was last tried */
    unsigned char bytes[];
};

static struct packed in_hot_set; /* only its address means something */

struct hot {
    struct packed *packed; /* of size RAM_PAGE */
    bool dirty;            /* the slot says in_hot_set; else it still has what was unpacked */
    bool used;             /* since the hand passed by */
};

struct shard {
    unsigned hand; /* goes around in search of one that was not used */
    uint64_t pages[HOT_SHARD]; /* apart, to be searched fast; NO_PAGE where there is none */
    struct hot hot[HOT_SHARD];
};

struct zstd {
    struct radix pages;
    unsigned shards, hot; /* HOT: pages in each hot set */
    struct shard *shard;
    struct packer packer;
};

static struct packed *slot_get (const struct radix_slot *slot) {
    return slot ? atomic_load_explicit (&slot->pointer, memory_order_relaxed) : NULL;
}

static void slot_put (struct radix_slot *slot, struct packed *packed) {
    atomic_store_explicit (&slot->pointer, packed, memory_order_release);
}

static bool is_as_it_is (const struct packed *packed) {
    return packed && packed != &in_hot_set && packed->size == RAM_PAGE;
}

static uint64_t packed_cost (const struct packed *packed) {
    return sizeof *packed + packed->size;
}

static void packed_free (struct ram *ram, struct packed *packed) {
    if (!packed || packed == &in_hot_set)
        return;
    ram_give (ram, packed_cost (packed));
    free (packed);
}

/* A page's worth of memory, unwritten. */
static int page_new (struct ram *ram, struct packed **packed) {
    uint64_t cost = sizeof **packed + RAM_PAGE;
    int result = ram_take (ram, cost);

    if (result < 0)
        return result;
    if (!(*packed = malloc (cost))) {
        ram_give (ram, cost);
        return -ENOMEM;
    }
    **packed = (struct packed){.size = RAM_PAGE};
    return 0;
}

static int unpack (struct ram *ram, const struct packed *packed, void *to, uint32_t start,
                   uint32_t count) {
    struct zstd *z = ram->state;

    return packer_unpack (&z->packer, packed->bytes, packed->size, to, start, count);
}

/* A smaller copy of a page, or NULL where that is not to be had. */
static struct packed *compress (struct ram *ram, const struct packed *page) {
    struct zstd *z = ram->state;
    size_t n, room = RAM_PAGE - RAM_PAGE / 8; /* less than that gained is nothing gained */
    struct packed *packed =
        packer_pack (&z->packer, page->bytes, room, sizeof *packed, &n);

    if (packed) {
        *packed = (struct packed){.size = n};
        atomic_fetch_add (&ram->used, packed_cost (packed)); /* less than will be given */
    }
    return packed;
}

static struct shard *shard_of (struct ram *ram, uint64_t page) {
    struct zstd *z = ram->state;

    return &z->shard[page & (z->shards - 1)];
}

static int hot_find (const struct zstd *z, const struct shard *shard, uint64_t page) {
    for (unsigned i = 0; i < z->hot; i++)
        if (shard->pages[i] == page)
            return i;
    return -1;
}

static void hot_forget (struct ram *ram, struct shard *shard, unsigned i) {
    packed_free (ram, shard->hot[i].packed);
    shard->pages[i] = NO_PAGE;
    shard->hot[i] = (struct hot){.packed = NULL};
}

/* A page leaves the hot set.  Cannot fail: at worst it is kept as it is. */
static void hot_evict (struct ram *ram, struct shard *shard, unsigned i) {
    struct zstd *z = ram->state;
    struct hot *hot = &shard->hot[i];
    struct radix_slot *slot;
    struct packed *packed;

    if (hot->dirty) {
        slot = radix_find (&z->pages, shard->pages[i]);
        if (bytes_are_zero (hot->packed->bytes, RAM_PAGE)) {
            slot_put (slot, NULL);
        } else if ((packed = compress (ram, hot->packed))) {
            slot_put (slot, packed);
        } else {
            hot->packed->written = 0;
            slot_put (slot, hot->packed);
            hot->packed = NULL;
        }
    }
    hot_forget (ram, shard, i);
}

/* An empty place in the hot set. */
static unsigned hot_room (struct ram *ram, struct shard *shard) {
    struct zstd *z = ram->state;

    for (;;) {
        unsigned i = shard->hand;
        struct hot *hot = &shard->hot[i];
        shard->hand = (i + 1) % z->hot;
        if (shard->pages[i] == NO_PAGE)
            return i;
        if (!hot->used) {
            hot_evict (ram, shard, i);
            return i;
        }
        hot->used = false;
    }
}

static struct hot *hot_put (struct shard *shard, unsigned i, uint64_t page,
                            struct packed *packed, bool dirty) {
    shard->pages[i] = page;
    shard->hot[i] = (struct hot){.packed = packed, .dirty = dirty, .used = true};
    return &shard->hot[i];
}

/* Make the page hot.  WHOLE: all of it will be written, so what it holds does not matter,
 * but it must not be lost before. */
static int hot_get (struct ram *ram, uint64_t page, struct radix_slot *slot, bool whole,
                    struct hot **hot) {
    struct zstd *z = ram->state;
    struct shard *shard = shard_of (ram, page);
    struct packed *old = slot_get (slot), *fresh;
    int i = hot_find (z, shard, page), result;

    if (i >= 0) {
        *hot = &shard->hot[i];
        (*hot)->used = true;
        return 0;
    }
    i = hot_room (ram, shard);
    if (is_as_it_is (old)) {
        slot_put (slot, &in_hot_set);
        *hot = hot_put (shard, i, page, old, true);
        return 0;
    }
    if ((result = page_new (ram, &fresh)) < 0)
        return result;
    if (!old && !whole)
        memset (fresh->bytes, 0, RAM_PAGE);
    if (old && !whole && (result = unpack (ram, old, fresh->bytes, 0, RAM_PAGE)) < 0) {
        packed_free (ram, fresh);
        return result;
    }
    if (!old)
        slot_put (slot, &in_hot_set);
    *hot = hot_put (shard, i, page, fresh, !old);
    return 0;
}

/* The hot page is about to differ from what its slot has. */
static void hot_change (struct ram *ram, struct radix_slot *slot, struct hot *hot) {
    if (hot->dirty)
        return;
    packed_free (ram, slot_get (slot));
    slot_put (slot, &in_hot_set);
    hot->dirty = true;
}

static void page_drop (struct ram *ram, uint64_t page, struct radix_slot *slot) {
    struct shard *shard = shard_of (ram, page);
    int i = hot_find (ram->state, shard, page);

    packed_free (ram, slot_get (slot));
    slot_put (slot, NULL);
    if (i >= 0)
        hot_forget (ram, shard, i);
}

static int zstd_read (struct ram *ram, uint64_t page, void *to, uint32_t start,
                      uint32_t count) {
    struct zstd *z = ram->state;
    struct radix_slot *slot = radix_find (&z->pages, page);
    struct packed *packed = slot_get (slot);
    struct hot *hot;

    if (!packed)
        return RAM_HOLE;
    if (is_as_it_is (packed)) {
        memcpy (to, packed->bytes + start, count);
        return 0;
    }
    if (count == RAM_PAGE && hot_find (z, shard_of (ram, page), page) < 0)
        return unpack (ram, packed, to, start, count);
    if (hot_get (ram, page, slot, false, &hot) < 0) /* no memory for it, but for this */
        return unpack (ram, packed, to, start, count);
    memcpy (to, hot->packed->bytes + start, count);
    return 0;
}

/* A page that is kept as it is was written: try it again when that adds up. */
static void written_in_place (struct ram *ram, uint64_t page, struct radix_slot *slot,
                              uint32_t count) {
    struct packed *packed = slot_get (slot);
    struct hot *hot;

    packed->written += count;
    if (packed->written >= RAM_PAGE)
        hot_get (ram, page, slot, false, &hot); /* cannot fail for such a page */
}

static int zstd_write (struct ram *ram, uint64_t page, const void *from, uint32_t start,
                       uint32_t count) {
    struct zstd *z = ram->state;
    struct radix_slot *slot = radix_find (&z->pages, page);
    struct packed *packed = slot_get (slot);
    struct hot *hot;
    int result;

    if (!packed && bytes_are_zero (from, count))
        return 0;
    if (is_as_it_is (packed)) {
        memcpy (packed->bytes + start, from, count);
        written_in_place (ram, page, slot, count);
        return 0;
    }
    if (!slot && !(slot = radix_make (&z->pages, page)))
        return -ENOMEM;
    if ((result = hot_get (ram, page, slot, count == RAM_PAGE, &hot)) < 0)
        return result;
    hot_change (ram, slot, hot);
    memcpy (hot->packed->bytes + start, from, count);
    return 0;
}

static int zstd_zero (struct ram *ram, uint64_t page, uint32_t start, uint32_t count) {
    struct zstd *z = ram->state;
    struct radix_slot *slot = radix_find (&z->pages, page);
    struct packed *packed = slot_get (slot);
    struct hot *hot;
    int result;

    if (!packed)
        return 0;
    if (count == RAM_PAGE) {
        page_drop (ram, page, slot);
        return 0;
    }
    if (!is_as_it_is (packed)) {
        if ((result = hot_get (ram, page, slot, false, &hot)) < 0)
            return result;
        hot_change (ram, slot, hot);
        packed = hot->packed;
    }
    memset (packed->bytes + start, 0, count);
    if (bytes_are_zero (packed->bytes, RAM_PAGE))
        page_drop (ram, page, slot);
    else if (slot_get (slot) == packed)
        written_in_place (ram, page, slot, count);
    return 0;
}

static uint64_t zstd_next (struct ram *ram, uint64_t page, uint64_t end) {
    struct zstd *z = ram->state;

    return radix_next (&z->pages, page, end);
}

static bool zstd_squeeze (struct ram *ram) {
    struct zstd *z = ram->state;
    bool gained = false;

    for (unsigned s = 0; s < z->shards; s++) {
        ram_lock (ram, s);
        for (unsigned i = 0; i < z->hot; i++)
            if (z->shard[s].pages[i] != NO_PAGE) {
                hot_evict (ram, &z->shard[s], i);
                gained = true;
            }
        ram_unlock (ram, s);
    }
    return gained;
}

static void forget_packed (void *pointer) {
    if (pointer != &in_hot_set)
        free (pointer);
}

static void zstd_close (struct ram *ram) {
    struct zstd *z = ram->state;

    for (unsigned s = 0; z->shard && s < z->shards; s++)
        for (unsigned i = 0; i < z->hot; i++)
            free (z->shard[s].hot[i].packed);
    radix_clear (&z->pages, forget_packed);
    packer_clear (&z->packer);
    free (z->shard);
    free (z);
}

/* How many pages may be hot, and where: a small limit leaves most of itself to what is
 * packed. */
static void choose_shards (struct ram *ram, struct zstd *z) {
    uint64_t pages = HOT_BYTES / RAM_PAGE;

    if (pages > ram->limit / 4 / RAM_PAGE)
        pages = ram->limit / 4 / RAM_PAGE;
    z->shards = 1;
    while (z->shards < SHARDS && z->shards * 8 <= pages && z->shards < ram->pages)
        z->shards *= 2; /* no more than there will be locks */
    z->hot = pages / z->shards;
    z->hot = z->hot < 1 ? 1 : z->hot > HOT_SHARD ? HOT_SHARD : z->hot;
    ram->locks_wanted = z->shards;
}

static int zstd_open (struct ram *ram, struct error *error) {
    struct zstd *z = calloc (1, sizeof *z);
    int result;

    if (!z)
        return error_set (error, ENOMEM, "ram: out of memory");
    if ((result = packer_init (&z->packer, RAM_PAGE, ram->level, error)) < 0) {
        free (z);
        return result;
    }
    choose_shards (ram, z);
    z->shard = calloc (z->shards, sizeof *z->shard);
    ram->state = z;
    if (!z->shard || radix_init (&z->pages, ram->pages) < 0) {
        zstd_close (ram);
        return error_set (error, ENOMEM, "ram: out of memory");
    }
    for (unsigned s = 0; s < z->shards; s++)
        for (unsigned i = 0; i < HOT_SHARD; i++)
            z->shard[s].pages[i] = NO_PAGE;
    return 0;
}

const struct ram_store ram_zstd = {
    .name = "zstd",
    .exclusive = true,
    .preferred_block = RAM_PAGE,
    .open = zstd_open,
    .close = zstd_close,
    .read = zstd_read,
    .write = zstd_write,
    .zero = zstd_zero,
    .next = zstd_next,
    .squeeze = zstd_squeeze,
};
