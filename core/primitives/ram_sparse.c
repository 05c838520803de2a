/* SPDX-License-Identifier: BSD-3-Clause */
/* ram_sparse.c: pages that come when they are written and go when they are zero.
 *
 * A page is found without a lock (radix.h) and touched under its own.  Zeroes written to
 * a missing page do not make one; data is never looked through to see if it could go,
 * only what a zero or trim leaves of a page is. */
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "lender.h"
#include "radix.h"
#include "ram_store.h"

static int sparse_open (struct ram *ram, struct error *error) {
    struct radix *pages = malloc (sizeof *pages);

    if (!pages || radix_init (pages, ram->pages) < 0) {
        free (pages);
        return error_set (error, ENOMEM, "ram: out of memory");
    }
    ram->state = pages;
    return 0;
}

static void sparse_close (struct ram *ram) {
    radix_clear (ram->state, page_free);
    free (ram->state);
}

/* The page is locked, so nobody changes the slot; whoever skips over it may read it. */
static struct ram_page *page_in (const struct radix_slot *slot) {
    return slot ? atomic_load_explicit (&slot->pointer, memory_order_relaxed) : NULL;
}

static void page_put (struct radix_slot *slot, struct ram_page *page) {
    atomic_store_explicit (&slot->pointer, page, memory_order_release);
}

static char *sparse_bytes (struct ram *ram, uint64_t page) {
    struct ram_page *p = page_in (radix_find (ram->state, page));

    return p ? p->bytes : NULL;
}

static int sparse_read (struct ram *ram, uint64_t page, void *to, uint32_t start,
                        uint32_t count) {
    const char *bytes = sparse_bytes (ram, page);

    if (!bytes)
        return RAM_HOLE;
    memcpy (to, bytes + start, count);
    return 0;
}

static int page_make (struct ram *ram, uint64_t page, const void *from, uint32_t start,
                      uint32_t count) {
    struct radix_slot *slot = radix_make (ram->state, page);
    int result = slot ? ram_take (ram, RAM_PAGE) : -ENOMEM;
    struct ram_page *p;

    if (result < 0)
        return result;
    if (!(p = page_new (ram->stock))) {
        ram_give (ram, RAM_PAGE);
        return -ENOMEM;
    }
    memset (p->bytes, 0, start);
    memcpy (p->bytes + start, from, count);
    memset (p->bytes + start + count, 0, RAM_PAGE - start - count);
    page_put (slot, p);
    return 0;
}

static int sparse_write (struct ram *ram, uint64_t page, const void *from, uint32_t start,
                         uint32_t count) {
    struct ram_page *p = page_in (radix_find (ram->state, page));

    if (p)
        memcpy (p->bytes + start, from, count);
    else if (!bytes_are_zero (from, count))
        return page_make (ram, page, from, start, count);
    return 0;
}

static int sparse_exchange (struct ram *ram, uint64_t page, struct ram_page **p) {
    struct radix_slot *slot = radix_find (ram->state, page);
    struct ram_page *old = page_in (slot);
    int result;

    if (!old) {
        if (bytes_are_zero ((*p)->bytes, RAM_PAGE))
            return 0;
        if (!(slot = radix_make (ram->state, page)))
            return -ENOMEM;
        if ((result = ram_take (ram, RAM_PAGE)) < 0)
            return result;
    }
    page_put (slot, *p);
    *p = old;
    return 0;
}

static int sparse_zero (struct ram *ram, uint64_t page, uint32_t start, uint32_t count) {
    struct radix_slot *slot = radix_find (ram->state, page);
    struct ram_page *p = page_in (slot);

    if (!p)
        return 0;
    if (count < RAM_PAGE) {
        memset (p->bytes + start, 0, count);
        if (!bytes_are_zero (p->bytes, RAM_PAGE))
            return 0;
    }
    page_put (slot, NULL);
    ram_drop (ram, page, p);
    ram_give (ram, RAM_PAGE);
    return 0;
}

static uint64_t sparse_next (struct ram *ram, uint64_t page, uint64_t end) {
    return radix_next (ram->state, page, end);
}

const struct ram_store ram_sparse = {
    .name = "sparse",
    .page_bits = RAM_PAGE_BITS,
    .preferred_block = 32 << 10, /* a page, usually */
    .open = sparse_open,
    .close = sparse_close,
    .read = sparse_read,
    .bytes = sparse_bytes,
    .write = sparse_write,
    .zero = sparse_zero,
    .exchange = sparse_exchange,
    .next = sparse_next,
};
