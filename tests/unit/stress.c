/* SPDX-License-Identifier: BSD-3-Clause */
/* stress.c: many threads on one device, which must neither lose nor tear anything.
 *
 *     0 ── chunks, each with a lock and a model ── half ── sectors, free for all ── size
 *
 * Chunks end anywhere, so neighbours share pages and blocks: what one thread does to its
 * chunk must not show in the next.  The sectors are written, zeroed and trimmed by all
 * threads at once: each must always be zero, or whole as somebody wrote it.
 *
 * usage: stress [MILLISECONDS for each device [THREADS [SEED [DEVICE]]]] */
#include "primitives.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { SIZE = 4 << 20, HALF = SIZE / 2, CHUNK_MAX = 150000, SECTOR = 512, CHUNKS = 200 };

/* The device is zero when the test begins, and so are the models. */
struct chunk {
    pthread_mutex_t lock; /* guards the range on the device, and the model */
    uint64_t start, length;
    unsigned char model[CHUNK_MAX];
};

struct stress {
    struct device *device;
    bool sectors_are_whole; /* the device promises that; a file system need not */
    unsigned n;
    struct chunk *chunks;
    uint64_t deadline;
};

struct worker {
    struct stress *stress;
    uint64_t random;
    uint32_t number, writes;
    uint64_t steps;
    unsigned char data[CHUNK_MAX], back[CHUNK_MAX];
};

static uint64_t pick (struct worker *w, uint64_t below) {
    return random_next (&w->random) % below;
}

/* Bytes of one kind: zero, one letter, a few letters, or noise. */
static void make_bytes (struct worker *w, unsigned char *p, uint64_t n) {
    unsigned kind = pick (w, 4), letter = pick (w, 256);

    for (uint64_t i = 0; i < n; i++)
        p[i] = kind == 0   ? 0
               : kind == 1 ? letter
               : kind == 2 ? letter + i % 7
                           : random_next (&w->random);
}

/* A write found no room: each byte is as it was or as it was to be. */
static void adopt (struct worker *w, struct chunk *c, uint64_t start, uint64_t count) {
    unsigned wrong = 0;

    CHECK_EQ (device_pread (w->stress->device, w->back, count, c->start + start, NULL), 0);
    for (uint64_t i = 0; i < count; i++) {
        wrong += w->back[i] != w->data[i] && w->back[i] != c->model[start + i];
        c->model[start + i] = w->back[i];
    }
    CHECK_EQ (wrong, 0);
}

static void chunk_write (struct worker *w, struct chunk *c, uint64_t start, uint64_t count) {
    int result;

    make_bytes (w, w->data, count);
    result = write_lent (w->stress->device, w->data, count, c->start + start, 0, pick (w, 5), NULL);
    CHECK (result == 0 || result == -ENOSPC);
    if (result == 0)
        memcpy (c->model + start, w->data, count);
    else
        adopt (w, c, start, count);
}

static void chunk_zero (struct worker *w, struct chunk *c, uint64_t start, uint64_t count) {
    int result = device_zero (w->stress->device, count, c->start + start,
                              pick (w, 2) ? REQUEST_MAY_TRIM : 0, NULL);

    CHECK (result == 0 || result == -ENOSPC);
    memset (w->data, 0, count);
    if (result == 0)
        memset (c->model + start, 0, count);
    else
        adopt (w, c, start, count);
}

static void chunk_trim (struct worker *w, struct chunk *c, uint64_t start, uint64_t count) {
    int result = device_trim (w->stress->device, count, c->start + start, 0, NULL);

    CHECK (result == 0 || result == -ENOSPC);
    memset (w->data, 0, count);
    adopt (w, c, start, count);
}

static void chunk_read (struct worker *w, struct chunk *c, uint64_t start, uint64_t count) {
    struct loan loan[4];
    struct loans loans = {.v = loan, .room = (uint32_t) pick (w, 5)};
    struct request r = {.work = WORK_pread,
                        .data = w->back,
                        .count = count,
                        .offset = c->start + start,
                        .loans = &loans};

    CHECK_EQ (device_run (w->stress->device, &r), 0);
    for (uint32_t i = 0; i < loans.n; i++)
        memcpy (w->back + loan[i].start, loan[i].bytes, loan[i].length);
    loans_give_back (&loans);
    CHECK (memcmp (w->back, c->model + start, count) == 0);
}

static void chunk_step (struct worker *w) {
    struct chunk *c = &w->stress->chunks[pick (w, w->stress->n)];
    uint64_t start = pick (w, 4) ? pick (w, c->length) : 0;
    uint64_t count = pick (w, 4) ? pick (w, c->length - start) + 1 : c->length - start;

    if (pthread_mutex_trylock (&c->lock) != 0)
        return;
    switch (pick (w, 6)) {
    case 0: chunk_zero (w, c, start, count); break;
    case 1: chunk_trim (w, c, start, count); break;
    case 2:
    case 3: chunk_write (w, c, start, count); break;
    default: chunk_read (w, c, start, count);
    }
    pthread_mutex_unlock (&c->lock);
}

/* A sector says where it belongs and who wrote it when; what follows is made of that. */
struct stamp {
    uint64_t sector;
    uint32_t writer, number;
    uint64_t filler[SECTOR / 8 - 2];
};

static void stamp_make (struct stamp *s, uint64_t sector, uint32_t writer, uint32_t number) {
    uint64_t state = sector << 40 ^ (uint64_t) writer << 32 ^ number;

    s->sector = sector;
    s->writer = writer;
    s->number = number;
    for (unsigned i = 0; i < SECTOR / 8 - 2; i++)
        s->filler[i] = number % 3 ? state : random_next (&state); /* some can be packed */
}

static void sectors_check (struct worker *w, uint64_t first, uint64_t n) {
    struct stamp ought, *s = (struct stamp *) w->back;
    unsigned torn = 0;

    CHECK_EQ (device_pread (w->stress->device, w->back, n * SECTOR, HALF + first * SECTOR, NULL),
              0);
    for (uint64_t i = 0; i < n; i++, s++) {
        if (all_zero ((unsigned char *) s, SECTOR))
            continue;
        stamp_make (&ought, first + i, s->writer, s->number);
        torn += memcmp (&ought, s, SECTOR) != 0;
    }
    CHECK (torn == 0 || !w->stress->sectors_are_whole);
}

static void sector_step (struct worker *w) {
    uint64_t first = pick (w, HALF / SECTOR), n = pick (w, 8) ? pick (w, 10) + 1 : 200;
    int result = 0;

    if (n > HALF / SECTOR - first)
        n = HALF / SECTOR - first;
    switch (pick (w, 6)) {
    case 0:
        result = device_zero (w->stress->device, n * SECTOR, HALF + first * SECTOR, 0, NULL);
        break;
    case 1:
        result = device_trim (w->stress->device, n * SECTOR, HALF + first * SECTOR, 0, NULL);
        break;
    case 2:
    case 3:
        for (uint64_t i = 0; i < n; i++)
            stamp_make ((struct stamp *) w->data + i, first + i, w->number, w->writes++);
        result = device_pwrite (w->stress->device, w->data, n * SECTOR, HALF + first * SECTOR,
                                0, NULL);
        break;
    default: sectors_check (w, first, n);
    }
    CHECK (result == 0 || result == -ENOSPC);
}

static void *work (void *of) {
    struct worker *w = of;

    while (pool_clock_ns () < w->stress->deadline && check_failures < 10) {
        if (pick (w, 3))
            sector_step (w);
        else
            chunk_step (w);
        w->steps++;
    }
    return NULL;
}

static void extents_agree (struct stress *s) {
    struct extents e;
    unsigned char *data = malloc (SIZE);

    extents_init (&e, 0, SIZE, false);
    CHECK_EQ (device_extents (s->device, &e, NULL), 0);
    CHECK_EQ (device_pread (s->device, data, SIZE, 0, NULL), 0);
    for (size_t i = 0; i < e.n; i++)
        CHECK (!(e.v[i].type & EXTENT_ZERO) || all_zero (data + e.v[i].offset, e.v[i].length));
    for (unsigned i = 0; i < s->n; i++)
        CHECK (memcmp (data + s->chunks[i].start, s->chunks[i].model, s->chunks[i].length) == 0);
    extents_clear (&e);
    free (data);
}

static void cut_into_chunks (struct stress *s, uint64_t *random) {
    s->chunks = calloc (CHUNKS, sizeof *s->chunks);
    for (uint64_t at = 0; at < HALF && s->n < CHUNKS; s->n++) {
        struct chunk *c = &s->chunks[s->n];
        uint64_t length = random_next (random) % (s->n % 3 ? 9000 : CHUNK_MAX) + 1;
        pthread_mutex_init (&c->lock, NULL);
        c->start = at;
        c->length = length < HALF - at ? length : HALF - at;
        at += c->length;
    }
}

/* One round with a device; how many steps it took. */
static uint64_t stress (struct device *d, bool whole, unsigned ms, unsigned threads,
                        uint64_t seed) {
    struct stress s = {.device = d, .sectors_are_whole = whole};
    struct worker *w = calloc (threads, sizeof *w);
    pthread_t *thread = calloc (threads, sizeof *thread);
    uint64_t steps = 0;

    CHECK (d);
    cut_into_chunks (&s, &seed);
    s.deadline = pool_clock_ns () + ms * UINT64_C (1000000);
    for (unsigned i = 0; i < threads; i++) {
        w[i].stress = &s;
        w[i].number = i;
        w[i].random = seed + i * 12345;
        CHECK (pthread_create (&thread[i], NULL, work, &w[i]) == 0);
    }
    for (unsigned i = 0; i < threads; i++) {
        pthread_join (thread[i], NULL);
        steps += w[i].steps;
    }
    extents_agree (&s);
    free (s.chunks);
    free (thread);
    free (w);
    device_unref (d);
    return steps;
}

static struct device *ram (const char *allocator) {
    return MAKE ("ram", GIVE ("size", "4M"), GIVE ("allocator", allocator));
}

static struct device *sparse (void) {
    return ram ("sparse");
}

static struct device *malloced (void) {
    return ram ("malloc");
}

static struct device *zstd (void) {
    return ram ("zstd");
}

static struct device *zstd_small (void) {
    return MAKE ("ram", GIVE ("size", "4M"), GIVE ("allocator", "zstd"), GIVE ("limit", "1M"));
}

static struct device *sparse_small (void) {
    return MAKE ("ram", GIVE ("size", "4M"), GIVE ("limit", "2M"));
}

static struct device *file (void) {
    char path[] = "stress.XXXXXX", number[20];
    int fd = mkstemp (path);
    struct device *d;

    CHECK (fd >= 0 && ftruncate (fd, SIZE) == 0);
    unlink (path);
    snprintf (number, sizeof number, "%d", fd);
    d = MAKE ("file", GIVE ("fd", number));
    close (fd);
    return d;
}

static struct device *cow (void) {
    return MAKE ("cow", GIVE_DEVICE ("device", ram ("sparse")), GIVE ("block_size", "8k"));
}

static struct device *cow_late (void) {
    return MAKE ("cow", GIVE_DEVICE ("device", make_late (ram ("zstd"))),
                 GIVE_DEVICE ("overlay", make_late (ram ("malloc"))));
}

static struct device *cow_on_read (void) {
    return MAKE ("cow", GIVE_DEVICE ("device", make_late (ram ("sparse"))),
                 GIVE ("on_read", "true"));
}

static struct device *concat_late (void) {
    struct device *whole = make_late (ram ("sparse"));
    struct device *first = MAKE ("slice", GIVE_DEVICE ("device", device_ref (whole)),
                                 GIVE ("size", "1000448"));
    struct device *second = MAKE ("slice", GIVE_DEVICE ("device", whole),
                                  GIVE ("offset", "1000448"));

    return MAKE ("concat", GIVE_DEVICE ("device", first), GIVE_DEVICE ("device", second));
}

static const struct {
    const char *name;
    struct device *(*make) (void);
    bool whole;
    unsigned rounds; /* a cow is only interesting while it is new */
} devices[] = {
    {"sparse", sparse, true, 2},
    {"malloc", malloced, true, 2},
    {"zstd", zstd, true, 2},
    {"sparse-small", sparse_small, true, 1},
    {"zstd-small", zstd_small, true, 1},
    {"file", file, false, 1},
    {"cow", cow, true, 20},
    {"cow-late", cow_late, true, 20},
    {"cow-on-read", cow_on_read, true, 20},
    {"concat-late", concat_late, true, 1},
};

static void stress_rounds (unsigned i, unsigned ms, unsigned threads, uint64_t seed) {
    unsigned long long steps = 0;

    for (unsigned round = 0; round < devices[i].rounds; round++)
        steps += stress (devices[i].make (), devices[i].whole, ms / devices[i].rounds + 1,
                         threads, seed + round);
    printf ("%-12s %8llu steps\n", devices[i].name, steps);
}

int main (int argc, char **argv) {
    unsigned ms = argc > 1 ? atoi (argv[1]) : 300, threads = argc > 2 ? atoi (argv[2]) : 4;
    uint64_t seed = argc > 3 ? strtoull (argv[3], NULL, 0) : 1;

    start_pool ();
    for (unsigned i = 0; i < sizeof devices / sizeof *devices; i++)
        if (argc <= 4 || strcmp (argv[4], devices[i].name) == 0)
            stress_rounds (i, ms, threads, seed);
    stop_pool ();
    return check_result ();
}
