/* SPDX-License-Identifier: BSD-3-Clause */
/* test-ram.c: every way to keep bytes in memory against a model, its limit, its extents,
 * and disks of every length; beside it the devices that keep nothing. */
#include "primitives.h"
#include "primitives/ram_store.h"

static const char *const allocators[] = {"sparse", "malloc", "zstd"};

static struct device *ram (const char *allocator, const char *size) {
    return MAKE ("ram", GIVE ("size", size), GIVE ("allocator", allocator));
}

static void against_the_model (const char *allocator) {
    static const char *const sizes[] = {"1", "511", "32768", "100001", "3M"};

    for (unsigned i = 0; i < 5; i++) {
        struct device *d = ram (allocator, sizes[i]);
        CHECK (d);
        model_run (d, 1500, i);
        device_unref (d);
    }
}

static struct extents extents_of (struct device *d, uint64_t offset, uint64_t length) {
    struct extents e;

    extents_init (&e, offset, length, false);
    CHECK_EQ (device_extents (d, &e, &last_error), 0);
    return e;
}

static void extents_are_true (const char *allocator) {
    struct device *d = ram (allocator, "64M");
    struct extents e = extents_of (d, 0, 64 << 20);
    char zeroes[65536] = {0}, data[65536];

    memset (data, 'x', sizeof data);
    CHECK (e.n == 1 && e.v[0].type == (EXTENT_HOLE | EXTENT_ZERO));
    extents_clear (&e);
    CHECK_EQ (device_pwrite (d, zeroes, sizeof zeroes, 1000, 0, NULL), 0);
    CHECK_EQ (device_pwrite (d, data, sizeof data, 10 << 20, 0, NULL), 0);
    e = extents_of (d, 5, (64 << 20) - 5);
    CHECK_EQ (e.n, 3);
    CHECK (e.v[1].offset == 10 << 20 && e.v[1].length == 65536 && e.v[1].type == 0);
    extents_clear (&e);
    CHECK_EQ (device_zero (d, 10000, (10 << 20) + 32768, 0, NULL), 0);
    CHECK_EQ (device_zero (d, 22768, (10 << 20) + 42768, 0, NULL), 0);
    CHECK_EQ (device_trim (d, 32768, 10 << 20, 0, NULL), 0);
    e = extents_of (d, 0, 64 << 20);
    CHECK_EQ (e.n, 1);
    extents_clear (&e);
    device_unref (d);
}

/* What is lent can be read until it is given back, whatever becomes of its page. */
static void lent_bytes_stay (const char *allocator) {
    struct device *d = ram (allocator, "1M");
    struct loan loan[2];
    struct loans loans = {.v = loan, .room = 2};
    char data[16384], room[16384];
    struct request r = {
        .work = WORK_pread, .data = room, .count = sizeof room, .offset = 8192, .loans = &loans};

    memset (data, 'x', sizeof data);
    CHECK_EQ (device_pwrite (d, data, sizeof data, 8192, 0, NULL), 0);
    CHECK_EQ (device_run (d, &r), 0);
    CHECK_EQ (device_run (d, &r), 0);
    CHECK_EQ (loans.n, 2);
    CHECK_EQ (device_zero (d, 1 << 20, 0, REQUEST_MAY_TRIM, NULL), 0);
    CHECK_EQ (device_pwrite (d, data, sizeof data, 8192, 0, NULL), 0);
    for (unsigned i = 0; i < loans.n; i++)
        CHECK (memcmp (loan[i].bytes, data, loan[i].length) == 0);
    loans_give_back (&loans);
    CHECK_EQ (loans.n, 0);
    device_unref (d);
}

/* So they do when the page is exchanged for one that was written into lent room. */
static void lent_bytes_stay_when_exchanged (void) {
    struct device *d = ram ("sparse", "1M");
    struct loan loan[2];
    struct loans loans = {.v = loan, .room = 2};
    char old[2 * RAM_PAGE], new[2 * RAM_PAGE], room[2 * RAM_PAGE];
    struct request r = {
        .work = WORK_pread, .data = room, .count = sizeof room, .offset = 0, .loans = &loans};

    memset (old, 'o', sizeof old);
    memset (new, 'n', sizeof new);
    CHECK_EQ (write_lent (d, old, sizeof old, 0, 0, 16, NULL), 0);
    CHECK_EQ (device_run (d, &r), 0);
    CHECK_EQ (loans.n, 2);
    for (unsigned i = 0; i < 100; i++)
        CHECK_EQ (write_lent (d, new, sizeof new, 0, 0, 16, NULL), 0);
    CHECK (memcmp (loan[0].bytes, old, RAM_PAGE) == 0);
    CHECK (memcmp (loan[1].bytes, old, RAM_PAGE) == 0);
    loans_give_back (&loans);
    CHECK_EQ (device_pread (d, room, sizeof room, 0, NULL), 0);
    CHECK (memcmp (room, new, sizeof room) == 0);
    device_unref (d);
}

/* Room is lent wherever the request will lie, and given back without having been written. */
static void room_is_given_back (void) {
    struct device *d = ram ("sparse", "1M");
    struct loan loan[16];
    struct loans loans = {.v = loan, .room = 16};
    struct request r = {
        .work = WORK_pwrite, .count = 2 * RAM_PAGE + 1, .offset = UINT64_MAX - 5, .loans = &loans};

    device_lend_room (d, &r);
    CHECK (loans.n >= 2);
    CHECK (device_run (d, &r) < 0);
    loans_give_back (&loans);
    loans.room = 1;
    device_lend_room (d, &r);
    CHECK_EQ (loans.n, 0);
    device_unref (d);
    d = ram ("malloc", "1M");
    device_lend_room (d, &r);
    CHECK_EQ (loans.n, 0);
    device_unref (d);
}

/* Zeroes that come in lent room make no page, and its limit is kept. */
static void lent_room_is_counted (void) {
    struct device *d = MAKE ("ram", GIVE ("size", "1G"), GIVE ("limit", "64K"));
    char data[131072] = {0};

    CHECK_EQ (write_lent (d, data, sizeof data, 0, 0, 16, NULL), 0);
    struct extents e = extents_of (d, 0, 1 << 20);
    CHECK (e.n == 1 && e.v[0].type == (EXTENT_HOLE | EXTENT_ZERO));
    extents_clear (&e);
    memset (data, 'x', sizeof data);
    CHECK_EQ (write_lent (d, data, sizeof data, 0, 0, 16, &last_error), -ENOSPC);
    CHECK (strstr (last_error.text, "limit"));
    CHECK_EQ (write_lent (d, data, 65536, 0, 0, 16, NULL), 0);
    CHECK_EQ (device_trim (d, 65536, 0, 0, NULL), 0);
    CHECK_EQ (write_lent (d, data, 65536, 512 << 20, 0, 16, NULL), 0);
    device_unref (d);
}

/* The memory of a long zero is given back, whatever was there. */
static void long_zeroes (const char *allocator) {
    struct device *d = ram (allocator, "16M");
    unsigned char *data = malloc (16 << 20);
    uint64_t state = 1;

    for (unsigned i = 0; i < 16 << 20; i++)
        data[i] = random_next (&state);
    CHECK_EQ (device_pwrite (d, data, 16 << 20, 0, 0, NULL), 0);
    CHECK_EQ (device_zero (d, (16 << 20) - 100, 50, 0, NULL), 0);
    memset (data + 50, 0, (16 << 20) - 100);
    unsigned char *back = malloc (16 << 20);
    CHECK_EQ (device_pread (d, back, 16 << 20, 0, NULL), 0);
    CHECK (memcmp (data, back, 16 << 20) == 0);
    struct extents e = extents_of (d, 0, 16 << 20);
    CHECK_EQ (e.n, 3);
    extents_clear (&e);
    free (back);
    free (data);
    device_unref (d);
}

static void limit_is_kept (const char *allocator) {
    struct device *d =
        MAKE ("ram", GIVE ("size", "1G"), GIVE ("allocator", allocator), GIVE ("limit", "1M"));
    unsigned char page[32768], back[32768];
    uint64_t state = 7, written = 0;
    int result;

    if (strcmp (allocator, "malloc") == 0) {
        CHECK (!d && last_error.number == ENOSPC);
        return;
    }
    for (;; written++) {
        for (unsigned i = 0; i < sizeof page; i++)
            page[i] = random_next (&state);
        result = device_pwrite (d, page, sizeof page, written * sizeof page, 0, &last_error);
        if (result < 0 || written > 100)
            break;
    }
    CHECK_EQ (result, -ENOSPC);
    CHECK (strstr (last_error.text, "limit"));
    CHECK (written >= 28 && written <= 32);
    state = 7;
    for (uint64_t n = 0; n < written; n++) {
        for (unsigned i = 0; i < sizeof page; i++)
            page[i] = random_next (&state);
        CHECK_EQ (device_pread (d, back, sizeof back, n * sizeof page, NULL), 0);
        CHECK (memcmp (page, back, sizeof back) == 0);
    }
    CHECK_EQ (device_pwrite (d, "again", 5, 100, 0, NULL), 0); /* what is there may change */
    CHECK_EQ (device_trim (d, 1 << 20, 0, 0, NULL), 0);
    CHECK_EQ (device_pwrite (d, page, sizeof page, 500 << 20, 0, NULL), 0);
    device_unref (d);
}

/* Many times the limit fits in when it can be compressed, the hot pages notwithstanding. */
static void limit_counts_what_is_packed (void) {
    struct device *d =
        MAKE ("ram", GIVE ("size", "1G"), GIVE ("allocator", "zstd"), GIVE ("limit", "1M"));
    char page[32768];

    for (unsigned n = 0; n < 400; n++) {
        memset (page, 'a' + n % 26, sizeof page);
        CHECK_EQ (device_pwrite (d, page, sizeof page, (uint64_t) n * sizeof page, 0, NULL), 0);
    }
    for (unsigned n = 0; n < 400; n++) {
        CHECK_EQ (device_pread (d, page, 100, (uint64_t) n * sizeof page + 17, NULL), 0);
        CHECK_EQ (page[99], 'a' + n % 26);
    }
    device_unref (d);
}

/* However a page came to be kept, its bytes are given back when it goes: after much of all
 * kinds the limit lets in as much as at first. */
static void limit_is_given_back (const char *allocator) {
    struct device *d =
        MAKE ("ram", GIVE ("size", "4M"), GIVE ("allocator", allocator), GIVE ("limit", "1M"));
    static const unsigned counts[] = {1, 100, 4096, 9000, 32768, 65536, 200000};
    unsigned char *data = malloc (1 << 20), *back = malloc (1 << 20);
    uint64_t state = 3;

    for (unsigned step = 0; step < 4000; step++) {
        uint64_t count = counts[random_next (&state) % 7];
        uint64_t offset = random_next (&state) % ((4 << 20) - count);
        unsigned kind = random_next (&state) % 8;
        if (kind < 2) {
            CHECK_EQ (device_pread (d, back, count, offset, NULL), 0);
        } else if (kind == 2) {
            int result = device_zero (d, count, offset, 0, NULL);
            CHECK (result == 0 || result == -ENOSPC);
        } else {
            for (unsigned i = 0; i < count; i++)
                data[i] = kind == 3 ? random_next (&state) : kind == 4 ? 0 : i / 7 % 50;
            int result = device_pwrite (d, data, count, offset, 0, NULL);
            CHECK (result == 0 || result == -ENOSPC);
        }
        if (step % 500 == 0)
            CHECK_EQ (device_trim (d, 4 << 20, 0, 0, NULL), 0);
    }
    CHECK_EQ (device_trim (d, 4 << 20, 0, 0, NULL), 0);
    for (unsigned i = 0; i < 900 << 10; i++)
        data[i] = random_next (&state);
    CHECK_EQ (device_pwrite (d, data, 900 << 10, 0, 0, NULL), 0);
    CHECK_EQ (device_pread (d, back, 900 << 10, 0, NULL), 0);
    CHECK (memcmp (data, back, 900 << 10) == 0);
    free (back);
    free (data);
    device_unref (d);
}

static void huge (const char *allocator) {
    struct device *d = ram (allocator, "9223372036854775807");
    uint64_t last = INT64_MAX - 8;
    char back[8];

    if (strcmp (allocator, "malloc") == 0) {
        CHECK (!d && strstr (last_error.text, "memory"));
        return;
    }
    CHECK_EQ (device_pwrite (d, "the end", 8, last, 0, NULL), 0);
    CHECK_EQ (device_pwrite (d, "middle", 6, UINT64_C (1) << 62, 0, NULL), 0);
    CHECK_EQ (device_pread (d, back, 8, last, NULL), 0);
    CHECK (memcmp (back, "the end", 8) == 0);
    struct extents e = extents_of (d, 0, INT64_MAX);
    CHECK_EQ (e.n, 4);
    extents_clear (&e);
    CHECK_EQ (device_trim (d, INT64_MAX, 0, 0, NULL), 0);
    e = extents_of (d, 0, INT64_MAX);
    CHECK_EQ (e.n, 1);
    extents_clear (&e);
    device_unref (d);
}

static void refusals (void) {
    CHECK (!ram ("sparse", "9223372036854775808"));
    CHECK (!MAKE ("ram", GIVE ("allocator", "sparse")));
    CHECK (!MAKE ("ram", GIVE ("size", "1M"), GIVE ("allocator", "spars")));
    CHECK (!MAKE ("ram", GIVE ("sise", "1M")));
    CHECK (strstr (last_error.text, "size"));
    CHECK (!MAKE ("ram", GIVE ("size", "1M"), GIVE ("mlock", "true")));
    CHECK (!MAKE ("ram", GIVE ("size", "1M"), GIVE ("allocator", "zstd"), GIVE ("level", "99")));
    CHECK (!MAKE ("fill", GIVE ("size", "1M"), GIVE ("byte", "256")));
    CHECK (!primitive_find ("rum"));
}

static void those_that_keep_nothing (void) {
    struct device *d = MAKE ("pattern", GIVE ("size", "1000"));
    unsigned char b[24] = {0};

    CHECK (!d->facts.can_write && d->facts.get_size == 1000);
    CHECK_EQ (device_pread (d, b, 13, 250, NULL), 0);
    CHECK (b[4] == 0 && b[5] == 0xf8 && b[12] == 1 && b[6] == 0);
    device_unref (d);

    d = MAKE ("fill", GIVE ("size", "100"), GIVE ("byte", "255"));
    CHECK_EQ (device_pread (d, b, 2, 98, NULL), 0);
    CHECK (b[0] == 0xff && b[1] == 0xff && !d->facts.can_write);
    CHECK_EQ (device_pwrite (d, b, 1, 0, 0, NULL), -EPERM);
    device_unref (d);

    d = MAKE ("null", GIVE ("size", "1T"));
    CHECK_EQ (device_pwrite (d, "gone", 4, 7, REQUEST_FUA, NULL), 0);
    CHECK_EQ (device_zero (d, UINT64_C (1) << 40, 0, REQUEST_FAST_ZERO, NULL), 0);
    CHECK_EQ (device_pread (d, b, 4, 7, NULL), 0);
    CHECK (all_zero (b, 4));
    device_unref (d);
    d = MAKE ("null", GIVE (NULL, NULL));
    CHECK (d && d->facts.get_size == 0);
    device_unref (d);
}

int main (void) {
    for (unsigned i = 0; i < 3; i++) {
        against_the_model (allocators[i]);
        extents_are_true (allocators[i]);
        long_zeroes (allocators[i]);
        limit_is_kept (allocators[i]);
        huge (allocators[i]);
    }
    lent_bytes_stay ("sparse");
    lent_bytes_stay ("malloc");
    lent_bytes_stay_when_exchanged ();
    room_is_given_back ();
    lent_room_is_counted ();
    limit_counts_what_is_packed ();
    limit_is_given_back ("sparse");
    limit_is_given_back ("zstd");
    refusals ();
    those_that_keep_nothing ();
    return check_result ();
}
