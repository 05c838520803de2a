/* SPDX-License-Identifier: BSD-3-Clause */
/* ram_store.h: what ram.c wants of a way to keep bytes in memory.
 *
 * The disk is cut into pages.  ram.c walks a request page by page and holds the lock of
 * the page around each call below, so a store never locks what belongs to one page.  A
 * page that is all zero need not be kept.
 *
 *     page n ── lock n & lock_mask
 *
 * Shared between ram.c and the ram_*.c files, and nobody else. */
#ifndef STELE_RAM_STORE_H
#define STELE_RAM_STORE_H

#include "../device.h"
#include "../hostile.h"

enum { RAM_PAGE_BITS = TINY (RAM_PAGE_BITS, 15) };
#define RAM_PAGE (1u << RAM_PAGE_BITS) /* bytes in a page of most stores */

enum { RAM_RUN = 64 }; /* pages that zero_run takes at once */

enum { RAM_HOLE = 1 }; /* read: nothing is kept there */

struct ram;
struct ram_page;

struct ram_store {
    const char *name;
    bool exclusive;          /* a read changes the store as a write does */
    bool mlock;              /* understands mlock= */
    unsigned page_bits;      /* a page has 1 << this many bytes */
    uint32_t preferred_block; /* bytes */

    int (*open) (struct ram *, struct error *); /* may lower the number of locks */
    void (*close) (struct ram *);               /* of a store whose open succeeded */

    /* Within one page, from START in it.  0, or -errno: of what was to be changed some may
     * have been then. */
    int (*read) (struct ram *, uint64_t page, void *to, uint32_t start, uint32_t count);
    /* Where the page's bytes are, or NULL: nothing is kept.  They stay there until the store
     * is closed, or the page is given to ram_drop.  NULL instead of the function: they are
     * not kept as they are read. */
    char *(*bytes) (struct ram *, uint64_t page);
    int (*write) (struct ram *, uint64_t page, const void *from, uint32_t start,
                  uint32_t count);
    int (*zero) (struct ram *, uint64_t page, uint32_t start, uint32_t count);

    /* Write a whole page by taking *P for it, and put what was there, or NULL, in its place.
     * Where it fails, or need not keep it, *P stays.  NULL instead of the function: pages
     * cannot be exchanged. */
    int (*exchange) (struct ram *, uint64_t page, struct ram_page **p);

    /* The first page from PAGE on that may hold something, or END.  Without locks. */
    uint64_t (*next) (struct ram *, uint64_t page, uint64_t end);

    /* Zero RAM_RUN pages, all locked, that begin at a multiple of RAM_RUN.  Or NULL. */
    void (*zero_run) (struct ram *, uint64_t page);

    /* Make room below the limit; true if there may be some now.  No lock is held; it
     * takes them itself.  Or NULL. */
    bool (*squeeze) (struct ram *);
};

extern const struct ram_store ram_sparse, ram_malloc, ram_zstd;

struct ram_lock;
struct lender;
struct page_stock;

struct ram {
    const struct ram_store *store;
    void *state; /* the store's */
    uint64_t size, pages, limit; /* limit: bytes; UINT64_MAX for none */
    int level;                   /* of zstd */
    bool mlock;
    unsigned locks_wanted; /* a power of two */
    unsigned lock_mask;
    struct ram_lock *locks;
    struct lender *lenders; /* one a lock */
    struct page_stock *stock;
    _Atomic uint64_t used; /* bytes of memory that hold data */
};

/* Count BYTES more as used.  0 or -ENOSPC, nothing being counted then. */
int ram_take (struct ram *, uint64_t bytes);
void ram_give (struct ram *, uint64_t bytes);

/* The page is no more, and goes (free) as soon as nobody borrows from it. */
void ram_drop (struct ram *, uint64_t page, struct ram_page *);

/* For squeeze: the lock with this number, to change what it guards. */
void ram_lock (struct ram *, unsigned lock);
void ram_unlock (struct ram *, unsigned lock);

/* A RAM device of SIZE bytes as a script would make it: sparse, without a limit. */
struct device *ram_new (struct host *, uint64_t size, struct error *);

#endif
