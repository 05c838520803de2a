/* SPDX-License-Identifier: BSD-3-Clause */
/* ram_malloc.c: the whole disk in one piece of memory, perhaps locked into it.
 *
 * The kernel gives the memory when it is touched.  A bit for each page tells whether it
 * has been: pages that were not are holes, and reading them touches nothing.  Long zeroes
 * give the memory back. */
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "bytes.h"
#include "ram_store.h"

enum { HUGE_PAGE = 2 << 20 }; /* the region begins where one could */

static_assert (RAM_RUN == 64, "a run is a word of the bits");

struct region {
    char *mapped, *bytes; /* bytes: the first multiple of HUGE_PAGE in it */
    size_t mapped_length;
    _Atomic uint64_t *touched; /* a bit a page */
};

static int region_fail (struct ram *ram, const char *what, int number, struct error *error) {
    return error_set (error, number, "ram: %s %" PRIu64 " bytes of memory: %s", what,
                      ram->size, strerror (number));
}

static int region_map (struct ram *ram, struct region *region, struct error *error) {
    uint64_t length = ram->pages << RAM_PAGE_BITS;

    if (length > SIZE_MAX / 2)
        return region_fail (ram, "cannot get", ENOMEM, error);
    region->mapped_length = length + HUGE_PAGE;
    region->mapped = mmap (NULL, region->mapped_length, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (region->mapped == MAP_FAILED)
        return region_fail (ram, "cannot get", errno, error);
    region->bytes =
        (char *) (((uintptr_t) region->mapped + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE);
    madvise (region->bytes, length, MADV_HUGEPAGE); /* a wish */
    if (ram->mlock && length > 0 && mlock (region->bytes, length) < 0) {
        int number = errno;
        munmap (region->mapped, region->mapped_length);
        return region_fail (ram, "cannot lock (see ulimit -l)", number, error);
    }
    return 0;
}

static void region_free (struct region *region) {
    munmap (region->mapped, region->mapped_length);
    free (region->touched);
    free (region);
}

static int malloc_open (struct ram *ram, struct error *error) {
    struct region *region;
    int result;

    if (ram->size > ram->limit)
        return error_set (error, ENOSPC,
                          "ram: %" PRIu64 " bytes in one piece are more than the limit of %" PRIu64,
                          ram->size, ram->limit);
    if (!(region = calloc (1, sizeof *region)))
        return region_fail (ram, "cannot get", ENOMEM, error);
    if ((result = region_map (ram, region, error)) < 0) {
        free (region);
        return result;
    }
    if (!(region->touched = calloc (ram->pages / 64 + 1, sizeof *region->touched))) {
        region_free (region);
        return region_fail (ram, "cannot get", ENOMEM, error);
    }
    ram->state = region;
    return 0;
}

static void malloc_close (struct ram *ram) {
    region_free (ram->state);
}

static uint64_t bit (uint64_t page) {
    return UINT64_C (1) << (page % 64);
}

static bool is_touched (struct region *region, uint64_t page) {
    return atomic_load_explicit (&region->touched[page / 64], memory_order_relaxed) & bit (page);
}

static char *page_bytes (struct region *region, uint64_t page) {
    return region->bytes + (page << RAM_PAGE_BITS);
}

static int malloc_read (struct ram *ram, uint64_t page, void *to, uint32_t start,
                        uint32_t count) {
    if (!is_touched (ram->state, page))
        return RAM_HOLE;
    memcpy (to, page_bytes (ram->state, page) + start, count);
    return 0;
}

static char *malloc_bytes (struct ram *ram, uint64_t page) {
    return is_touched (ram->state, page) ? page_bytes (ram->state, page) : NULL;
}

static int malloc_write (struct ram *ram, uint64_t page, const void *from, uint32_t start,
                         uint32_t count) {
    struct region *region = ram->state;

    if (!is_touched (region, page)) {
        if (bytes_are_zero (from, count))
            return 0;
        atomic_fetch_or (&region->touched[page / 64], bit (page));
    }
    memcpy (page_bytes (region, page) + start, from, count);
    return 0;
}

static int malloc_zero (struct ram *ram, uint64_t page, uint32_t start, uint32_t count) {
    struct region *region = ram->state;
    char *bytes = page_bytes (region, page);

    if (!is_touched (region, page))
        return 0;
    memset (bytes + start, 0, count);
    if (count == RAM_PAGE || bytes_are_zero (bytes, RAM_PAGE))
        atomic_fetch_and (&region->touched[page / 64], ~bit (page));
    return 0;
}

static void malloc_zero_run (struct ram *ram, uint64_t page) {
    struct region *region = ram->state;
    size_t length = (size_t) RAM_RUN << RAM_PAGE_BITS;

    if (!atomic_load (&region->touched[page / 64]))
        return;
    if (ram->mlock || madvise (page_bytes (region, page), length, MADV_DONTNEED) < 0)
        memset (page_bytes (region, page), 0, length);
    atomic_store (&region->touched[page / 64], 0);
}

static uint64_t malloc_next (struct ram *ram, uint64_t page, uint64_t end) {
    struct region *region = ram->state;

    while (page < end) {
        uint64_t word = atomic_load_explicit (&region->touched[page / 64], memory_order_relaxed);
        word &= -bit (page); /* this page and those after it */
        if (word) {
            page = page / 64 * 64 + __builtin_ctzll (word);
            break;
        }
        page = (page / 64 + 1) * 64;
    }
    return page < end ? page : end;
}

const struct ram_store ram_malloc = {
    .name = "malloc",
    .mlock = true,
    .page_bits = RAM_PAGE_BITS,
    .preferred_block = 4096,
    .open = malloc_open,
    .close = malloc_close,
    .read = malloc_read,
    .bytes = malloc_bytes,
    .write = malloc_write,
    .zero = malloc_zero,
    .next = malloc_next,
    .zero_run = malloc_zero_run,
};
