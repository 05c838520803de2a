/* SPDX-License-Identifier: BSD-3-Clause */
/* ram.c: bytes in memory, zero until they are written.
 *
 * How the bytes are kept is a store's business (ram_store.h).  Here a request is walked
 * page by page, each page under its lock, so that threads which touch different pages do
 * not wait for each other, not even while pages come and go, and nobody copies half of
 * what another writes to a page.  Who only passes bytes on is lent them where they lie. */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "lender.h"
#include "primitives.h"
#include "ram_store.h"

enum {
    LOCKS = TINY (RAM_LOCKS, 1024), /* at most; pages share them by number */
    SPINS = 100,  /* a page is held for less than it takes to fall asleep */
    LEND_LEAST = TINY (LEND_LEAST, 2048), /* bytes; fewer are copied sooner than accounted for */
};

struct ram_lock {
    _Alignas (64) pthread_rwlock_t lock; /* a cache line each */
};

int ram_take (struct ram *ram, uint64_t bytes) {
    uint64_t used = atomic_load_explicit (&ram->used, memory_order_relaxed);

    do
        if (bytes > ram->limit || used > ram->limit - bytes)
            return -ENOSPC;
    while (!atomic_compare_exchange_weak (&ram->used, &used, used + bytes));
    return 0;
}

void ram_give (struct ram *ram, uint64_t bytes) {
    atomic_fetch_sub (&ram->used, bytes);
}

/* Both take the lock by looking at it a while before they fall asleep over it. */
static void lock_shared (struct ram *ram, unsigned n) {
    pthread_rwlock_t *lock = &ram->locks[n].lock;

    for (int i = 0; i < SPINS; i++)
        if (pthread_rwlock_tryrdlock (lock) == 0)
            return;
    while (pthread_rwlock_rdlock (lock) != 0) /* too many readers, if ever */
        ;
}

void ram_lock (struct ram *ram, unsigned n) {
    pthread_rwlock_t *lock = &ram->locks[n].lock;

    for (int i = 0; i < SPINS; i++)
        if (pthread_rwlock_trywrlock (lock) == 0)
            return;
    pthread_rwlock_wrlock (lock);
}

void ram_unlock (struct ram *ram, unsigned n) {
    pthread_rwlock_unlock (&ram->locks[n].lock);
}

static unsigned lock_of (const struct ram *ram, uint64_t page) {
    return page & ram->lock_mask;
}

void ram_drop (struct ram *ram, uint64_t page, struct ram_page *p) {
    lender_drop (&ram->lenders[lock_of (ram, page)], p);
}

static int ram_fail (struct ram *ram, struct request *r, int result) {
    switch (result) {
    case -ENOSPC:
        return request_error (r, ENOSPC, "ram: its limit of %" PRIu64 " bytes is reached",
                              ram->limit);
    case -ENOMEM: return request_error (r, ENOMEM, "ram: out of memory");
    default: return request_error (r, -result, "ram: what was kept cannot be unpacked");
    }
}

/* What a request does within one page. */
struct span {
    uint64_t page;
    uint32_t start, count;
};

static struct span span_at (const struct ram *ram, uint64_t offset, uint64_t end) {
    uint32_t page = 1u << ram->store->page_bits, start = offset & (page - 1);
    uint32_t room = page - start;

    return (struct span){.page = offset >> ram->store->page_bits,
                         .start = start,
                         .count = end - offset < room ? end - offset : room};
}

/* The bytes are not copied, but pointed to.  0 or RAM_HOLE. */
static int lend_span (struct ram *ram, struct span s, struct request *r, uint64_t done) {
    struct lender *lender = &ram->lenders[lock_of (ram, s.page)];
    char *bytes = ram->store->bytes (ram, s.page);

    if (!bytes)
        return RAM_HOLE;
    lender_borrow (lender);
    request_lend (r, &(struct loan){.start = (uint32_t) done,
                                    .length = s.count,
                                    .bytes = bytes + s.start,
                                    .give_back = lender_give_back,
                                    .of = lender});
    return 0;
}

static int read_span (struct ram *ram, struct span s, struct request *r, uint64_t done) {
    unsigned lock = lock_of (ram, s.page);
    int result;

    if (ram->store->exclusive)
        ram_lock (ram, lock);
    else
        lock_shared (ram, lock);
    if (ram->store->bytes && s.count >= LEND_LEAST && request_may_lend (r))
        result = lend_span (ram, s, r, done);
    else
        result = ram->store->read (ram, s.page, (char *) r->data + done, s.start, s.count);
    ram_unlock (ram, lock);
    return result;
}

static int ram_pread (struct device *d, struct request *r) {
    struct ram *ram = d->state;
    struct span s;

    for (uint64_t done = 0; done < r->count; done += s.count) {
        s = span_at (ram, r->offset + done, r->offset + r->count);
        int result = read_span (ram, s, r, done);
        if (result < 0)
            return ram_fail (ram, r, result);
        if (result == RAM_HOLE)
            request_hole (r, done, s.count);
    }
    return 0;
}

/* Write, or where FROM is NULL zero. */
static int change_locked (struct ram *ram, struct span s, const void *from) {
    unsigned lock = lock_of (ram, s.page);
    int result;

    ram_lock (ram, lock);
    result = from ? ram->store->write (ram, s.page, from, s.start, s.count)
                  : ram->store->zero (ram, s.page, s.start, s.count);
    ram_unlock (ram, lock);
    return result;
}

static int change_span (struct ram *ram, struct span s, const void *from) {
    int result = change_locked (ram, s, from);

    if (result == -ENOSPC && ram->store->squeeze && ram->store->squeeze (ram))
        result = change_locked (ram, s, from);
    return result;
}

/* For each span a page, which will take the place of the disk's if it is written whole. */
static void ram_lend_room (struct device *d, struct request *r) {
    struct ram *ram = d->state;
    uint64_t pages = ((r->offset & (RAM_PAGE - 1)) + r->count + RAM_PAGE - 1) >> RAM_PAGE_BITS;
    struct span s;

    if (!ram->store->exchange || pages > r->loans->room)
        return;
    for (uint64_t done = 0; done < r->count; done += s.count) {
        struct ram_page *page = page_new (ram->stock);
        if (!page) {
            loans_give_back (r->loans);
            return;
        }
        s = span_at (ram, r->offset + done, r->offset + r->count);
        request_lend (r, &(struct loan){.start = (uint32_t) done,
                                        .length = s.count,
                                        .bytes = page->bytes,
                                        .give_back = page_free,
                                        .of = page});
    }
}

static int write_lent (struct ram *ram, struct span s, struct loan *loan) {
    unsigned lock = lock_of (ram, s.page);
    struct ram_page *page = loan->of;
    int result;

    if (s.count < RAM_PAGE)
        return change_span (ram, s, loan->bytes);
    ram_lock (ram, lock);
    if ((result = ram->store->exchange (ram, s.page, &page)) == 0 && page != loan->of)
        loan->of = lender_keep (&ram->lenders[lock], page);
    ram_unlock (ram, lock);
    return result;
}

static int ram_pwrite (struct device *d, struct request *r) {
    struct ram *ram = d->state;
    struct loan *loan = r->loans && r->loans->n > 0 ? r->loans->v : NULL;
    struct span s;

    for (uint64_t done = 0; done < r->count; done += s.count) {
        s = span_at (ram, r->offset + done, r->offset + r->count);
        int result = loan ? write_lent (ram, s, loan++)
                          : change_span (ram, s, (const char *) r->payload + done);
        if (result < 0)
            return ram_fail (ram, r, result);
    }
    return 0;
}

static bool run_fits (const struct ram *ram, uint64_t offset, uint64_t end) {
    uint64_t run = (uint64_t) RAM_RUN << ram->store->page_bits;

    return ram->store->zero_run && ram->lock_mask >= RAM_RUN - 1 && offset % run == 0 &&
           end - offset >= run;
}

/* The locks of a run are neighbours, and always taken in this order. */
static void zero_run (struct ram *ram, uint64_t page) {
    unsigned first = lock_of (ram, page);

    for (unsigned i = 0; i < RAM_RUN; i++)
        ram_lock (ram, first + i);
    ram->store->zero_run (ram, page);
    for (unsigned i = 0; i < RAM_RUN; i++)
        ram_unlock (ram, first + i);
}

/* Zero what lies from OFFSET on, as far as one step goes.  Bytes done, or -errno. */
static int64_t zero_step (struct ram *ram, uint64_t offset, uint64_t end) {
    struct span s = span_at (ram, offset, end);
    uint64_t last = ((end - 1) >> ram->store->page_bits) + 1;
    uint64_t next = ram->store->next (ram, s.page, last);
    int result;

    if (next == last)
        return end - offset;
    if (run_fits (ram, offset, end) && next < s.page + RAM_RUN) {
        zero_run (ram, s.page);
        return (int64_t) RAM_RUN << ram->store->page_bits;
    }
    if (next > s.page)
        return (next << ram->store->page_bits) - offset;
    result = change_span (ram, s, NULL);
    return result < 0 ? (int64_t) result : s.count;
}

static int ram_zero (struct device *d, struct request *r) {
    struct ram *ram = d->state;
    uint64_t end = r->offset + r->count;

    for (uint64_t offset = r->offset; offset < end;) {
        int64_t done = zero_step (ram, offset, end);
        if (done < 0)
            return ram_fail (ram, r, done);
        offset += done;
    }
    return 0;
}

static int ram_extents (struct device *d, struct request *r) {
    struct ram *ram = d->state;
    uint64_t offset = r->offset, end = offset + r->count;
    int result = 0;

    while (offset < end && result == 0) {
        struct span s = span_at (ram, offset, end);
        uint64_t last = ((end - 1) >> ram->store->page_bits) + 1;
        uint64_t next = ram->store->next (ram, s.page, last), length = s.count;
        if (next == last)
            length = end - offset;
        else if (next > s.page)
            length = (next << ram->store->page_bits) - offset;
        result = extents_add (r->extents, offset, length,
                              next > s.page ? EXTENT_HOLE | EXTENT_ZERO : 0);
        offset += length;
    }
    return result < 0 ? request_error (r, -result, "ram: out of memory") : 0;
}

/* Memory is as safe as it gets, and as near. */
static int ram_nothing (struct device *d, struct request *r) {
    (void) d, (void) r;
    return 0;
}

static int ram_facts (struct device *d, struct facts *f, struct error *error) {
    struct ram *ram = d->state;

    (void) error;
    f->get_size = ram->size;
    f->block_size = (struct block_size){
        .minimum = 1, .preferred = ram->store->preferred_block, .maximum = UINT32_MAX};
    f->can_fast_zero = f->can_multi_conn = true;
    f->can_fua = f->can_cache = SUPPORT_NATIVE;
    return 0;
}

static void ram_free (struct ram *ram) {
    if (ram->state)
        ram->store->close (ram);
    for (unsigned i = 0; ram->locks && i <= ram->lock_mask; i++) {
        lender_clear (&ram->lenders[i]);
        pthread_rwlock_destroy (&ram->locks[i].lock);
    }
    page_stock_free (ram->stock);
    free (ram->lenders);
    free (ram->locks);
    free (ram);
}

static void ram_close (struct device *d) {
    ram_free (d->state);
}

static const struct device_type ram_type = {
    .name = "ram",
    .work =
        {
            [WORK_pread] = ram_pread,
            [WORK_pwrite] = ram_pwrite,
            [WORK_flush] = ram_nothing,
            [WORK_trim] = ram_zero,
            [WORK_zero] = ram_zero,
            [WORK_extents] = ram_extents,
            [WORK_cache] = ram_nothing,
        },
    .facts = ram_facts,
    .lend_room = ram_lend_room,
    .close = ram_close,
};

static int ram_make_locks (struct ram *ram) {
    pthread_rwlockattr_t fair; /* a page that is read all the time can still be written */
    unsigned n = 1;

    while (n < ram->locks_wanted && n < ram->pages)
        n *= 2;
    ram->lock_mask = n - 1;
    if (!ram->stock ||
        !(ram->lenders = aligned_alloc (alignof (struct lender), n * sizeof *ram->lenders)) ||
        !(ram->locks = aligned_alloc (sizeof *ram->locks, n * sizeof *ram->locks)))
        return -ENOMEM;
    pthread_rwlockattr_init (&fair);
    pthread_rwlockattr_setkind_np (&fair, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    for (unsigned i = 0; i < n; i++) {
        pthread_rwlock_init (&ram->locks[i].lock, &fair);
        lender_init (&ram->lenders[i], &ram->locks[i].lock);
    }
    pthread_rwlockattr_destroy (&fair);
    return 0;
}

/* Takes over the values of WANTED, and what else a struct ram needs is made. */
static struct device *ram_make (struct host *host, const struct ram *wanted,
                                struct error *error) {
    struct ram *ram;
    struct device *d;

    if (wanted->size > DEVICE_SIZE_MAX) {
        error_set (error, EFBIG, "ram: a size of %" PRIu64 " bytes is more than 2^63-1",
                   wanted->size);
        return NULL;
    }
    if (!(ram = malloc (sizeof *ram))) {
        error_set (error, ENOMEM, "ram: out of memory");
        return NULL;
    }
    *ram = *wanted;
    ram->pages = ram->size > 0 ? ((ram->size - 1) >> ram->store->page_bits) + 1 : 0;
    ram->locks_wanted = LOCKS;
    ram->stock = page_stock_new ();
    if (ram->store->open (ram, error) < 0) {
        ram->state = NULL;
    } else if (ram_make_locks (ram) < 0) {
        error_set (error, ENOMEM, "ram: out of memory");
    } else if ((d = device_new (&ram_type, ram, NULL, host, error))) {
        return d;
    }
    ram_free (ram);
    return NULL;
}

struct device *ram_new (struct host *host, uint64_t size, struct error *error) {
    return ram_make (
        host, &(struct ram){.store = &ram_sparse, .size = size, .limit = UINT64_MAX}, error);
}

static const struct ram_store *const stores[] = {&ram_sparse, &ram_malloc, &ram_zstd};

struct device *ram_open (struct host *host, const struct arguments *a, struct error *error) {
    const struct value *limit = arguments_get (a, "limit");
    int64_t level = arguments_get (a, "level")->i;
    const char *name = arguments_get (a, "allocator")->s;
    struct ram wanted = {
        .size = arguments_get (a, "size")->u,
        .limit = limit->set ? limit->u : UINT64_MAX,
        .mlock = arguments_get (a, "mlock")->b,
    };

    if (level < -100000 || level > 100) {
        error_set (error, EINVAL, "ram: there is no compression level %" PRIi64, level);
        return NULL;
    }
    wanted.level = level;
    for (size_t i = 0; i < sizeof stores / sizeof *stores; i++)
        if (strcmp (stores[i]->name, name) == 0)
            wanted.store = stores[i];
    if (wanted.mlock && !wanted.store->mlock) {
        error_set (error, EINVAL, "ram: mlock=true is only possible with allocator=malloc");
        return NULL;
    }
    return ram_make (host, &wanted, error);
}
