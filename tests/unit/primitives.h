/* SPDX-License-Identifier: BSD-3-Clause */
/* primitives.h: what the tests of devices share: making them, a device that answers
 * LATER, and a model that a device is compared with, step by random step. */
#ifndef STELE_TEST_PRIMITIVES_H
#define STELE_TEST_PRIMITIVES_H

#include "check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "language.h"
#include "pool.h"
#include "primitives/primitives.h"

const struct language *const languages[] = {NULL};

struct given {
    const char *name, *text;
    struct device *device; /* instead of TEXT; the reference is taken over */
};

static struct host test_host = {.log.program = "test"};
static struct error last_error;

static inline struct device *make_device (const char *name, const struct given *given) {
    const struct primitive *p = primitive_find (name);
    struct arguments a;
    struct device *d = NULL;
    int result = 0;

    last_error = (struct error){0};
    if (!p || arguments_init (&a, p->parameters) < 0)
        return NULL;
    for (; given->name; given++)
        if (given->device) {
            struct value v = {.given = true, .set = true, .device = given->device};
            result |= arguments_give_value (&a, name, given->name, &v, &last_error);
            device_unref (given->device);
        } else {
            result |= arguments_give (&a, name, given->name, given->text, &last_error);
        }
    if (result == 0)
        d = primitive_open (p, &test_host, &a, &last_error);
    arguments_clear (&a);
    CHECK ((d == NULL) == (last_error.number != 0 && last_error.text[0]));
    return d;
}

#define MAKE(primitive, ...)                                                                   \
    make_device (primitive, (const struct given[]){__VA_ARGS__, {.name = NULL}})
#define GIVE(name_, text_) {.name = name_, .text = text_}
#define GIVE_DEVICE(name_, device_) {.name = name_, .device = device_}

/* A small generator of our own, so that a failure can be repeated. */
static inline uint64_t random_next (uint64_t *state) {
    uint64_t x = *state += UINT64_C (0x9e3779b97f4a7c15);

    x = (x ^ (x >> 30)) * UINT64_C (0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C (0x94d049bb133111eb);
    return x ^ (x >> 31);
}

/* A device that passes everything on, three times in four from another thread. */
struct late {
    struct task task;
    struct device *device;
    struct request *request;
};

static void late_run (struct task *task) {
    struct late *l = container_of (task, struct late, task);
    struct request *r = l->request;
    int result = device_start (l->device, r);

    free (l);
    if (result != LATER)
        request_done (r, result);
}

static int late_work (struct device *d, struct request *r) {
    static atomic_uint turn;
    struct late *l = turn++ % 4 ? malloc (sizeof *l) : NULL;

    if (!l)
        return device_start (d->below, r);
    *l = (struct late){.task.run = late_run, .device = d->below, .request = r};
    pool_post (d->host->pool, &l->task);
    return LATER;
}

static const struct device_type late_type = {
    .name = "late",
    .work =
        {
            [WORK_pread] = late_work,
            [WORK_pwrite] = late_work,
            [WORK_flush] = late_work,
            [WORK_trim] = late_work,
            [WORK_zero] = late_work,
            [WORK_extents] = late_work,
            [WORK_cache] = late_work,
        },
};

static inline struct device *make_late (struct device *below) {
    return device_new (&late_type, NULL, below, &test_host, &last_error);
}

static inline void start_pool (void) {
    test_host.pool = pool_new (8);
    CHECK (test_host.pool && pool_start (test_host.pool) == 0);
}

static inline void stop_pool (void) {
    pool_free (test_host.pool);
    test_host.pool = NULL;
}

/* The model: what the device ought to hold. */
struct model {
    struct device *device;
    unsigned char *bytes, *scratch;
    uint64_t size, random;
};

static inline void model_init (struct model *m, struct device *d, uint64_t seed) {
    m->device = d;
    m->size = d->facts.get_size;
    m->bytes = calloc (1, m->size + 1);
    m->scratch = malloc (m->size + 1);
    m->random = seed;
    CHECK (device_pread (d, m->bytes, m->size, 0, NULL) == 0);
}

static inline void model_clear (struct model *m) {
    free (m->bytes);
    free (m->scratch);
}

static inline uint64_t model_random (struct model *m, uint64_t below) {
    return random_next (&m->random) % below;
}

/* Mostly short ranges, often aligned, sometimes all of it. */
static inline void model_range (struct model *m, uint64_t *offset, uint64_t *count) {
    static const uint64_t grains[] = {1, 1, 512, 4096, 32768};
    uint64_t grain = grains[model_random (m, 5)], most = model_random (m, 8) ? 8 : 40;

    *offset = model_random (m, m->size) / grain * grain;
    *count = (model_random (m, most) + 1) * (grain == 1 ? model_random (m, 3000) : grain);
    if (*count > m->size - *offset)
        *count = m->size - *offset;
}

static inline bool all_zero (const unsigned char *p, uint64_t n) {
    while (n > 0 && p[n - 1] == 0)
        n--;
    return n == 0;
}

/* Write through room that the device lends, at most ROOM pieces (and 16) of it; what it does
 * not lend is written from DATA itself. */
static inline int write_lent (struct device *d, void *data, uint64_t count, uint64_t offset,
                              uint32_t flags, uint32_t room, struct error *error) {
    struct loan loan[16];
    struct loans loans = {.v = loan, .room = room};
    struct request r = {.work = WORK_pwrite,
                        .offset = offset,
                        .count = count,
                        .flags = flags,
                        .loans = &loans,
                        .error = error};
    uint64_t end = 0;
    int result;

    device_lend_room (d, &r);
    for (uint32_t i = 0; i < loans.n; i++) {
        CHECK_EQ (loan[i].start, end);
        memcpy (loan[i].bytes, (char *) data + end, loan[i].length);
        end += loan[i].length;
    }
    CHECK (end == (loans.n ? count : 0));
    if (loans.n == 0)
        r.payload = data;
    result = device_run (d, &r);
    loans_give_back (&loans);
    return result;
}

static inline void model_write (struct model *m, uint64_t offset, uint64_t count) {
    unsigned kind = model_random (m, 4);

    for (uint64_t i = 0; i < count; i++)
        m->scratch[i] = kind == 0 ? 0 : kind == 1 ? offset / 512 : random_next (&m->random);
    CHECK_EQ (write_lent (m->device, m->scratch, count, offset,
                          model_random (m, 2) ? REQUEST_FUA : 0, model_random (m, 17), &last_error),
              0);
    memcpy (m->bytes + offset, m->scratch, count);
}

static inline void model_read (struct model *m, uint64_t offset, uint64_t count) {
    struct hole hole[5];
    struct holes holes = {.v = hole, .room = 5};
    struct loan loan[3];
    struct loans loans = {.v = loan, .room = 3};
    struct request r = {.work = WORK_pread,
                        .data = m->scratch,
                        .offset = offset,
                        .count = count,
                        .holes = model_random (m, 2) ? &holes : NULL,
                        .loans = model_random (m, 2) ? &loans : NULL};

    memset (m->scratch, 0xa5, count);
    CHECK_EQ (device_run (m->device, &r), 0);
    for (uint32_t i = 1; i < holes.n; i++)
        CHECK (holes.v[i - 1].start + holes.v[i - 1].length < holes.v[i].start);
    for (uint32_t i = 0; i < loans.n; i++)
        memcpy (m->scratch + loan[i].start, loan[i].bytes, loan[i].length);
    loans_give_back (&loans);
    request_fill_holes (&r);
    CHECK (memcmp (m->scratch, m->bytes + offset, count) == 0);
}

static inline void model_zero (struct model *m, uint64_t offset, uint64_t count) {
    uint32_t flags = model_random (m, 2) ? REQUEST_MAY_TRIM : 0;

    CHECK_EQ (device_zero (m->device, count, offset, flags, &last_error), 0);
    memset (m->bytes + offset, 0, count);
}

/* What was trimmed may be as it was, or zero. */
static inline void model_trim (struct model *m, uint64_t offset, uint64_t count) {
    if (!m->device->facts.can_trim)
        return;
    CHECK_EQ (device_trim (m->device, count, offset, 0, &last_error), 0);
    CHECK_EQ (device_pread (m->device, m->scratch, count, offset, &last_error), 0);
    for (uint64_t i = 0; i < count; i++) {
        CHECK (m->scratch[i] == 0 || m->scratch[i] == m->bytes[offset + i]);
        m->bytes[offset + i] = m->scratch[i];
    }
}

static inline void model_extents (struct model *m, uint64_t offset, uint64_t count) {
    struct extents e;
    uint64_t at = offset;

    if (count == 0)
        return;
    extents_init (&e, offset, count, model_random (m, 4) == 0);
    CHECK_EQ (device_extents (m->device, &e, &last_error), 0);
    CHECK (e.n > 0);
    for (size_t i = 0; i < e.n; i++) {
        CHECK_EQ (e.v[i].offset, at);
        at += e.v[i].length;
        if (e.v[i].type & EXTENT_ZERO)
            CHECK (all_zero (m->bytes + e.v[i].offset, e.v[i].length));
    }
    CHECK (e.one ? at > offset : at == offset + count);
    extents_clear (&e);
}

static inline void model_run (struct device *d, unsigned steps, uint64_t seed) {
    struct model m;

    model_init (&m, d, seed);
    for (unsigned i = 0; i < steps; i++) {
        uint64_t offset, count;
        model_range (&m, &offset, &count);
        switch (model_random (&m, 10)) {
        case 0: model_zero (&m, offset, count); break;
        case 1: model_trim (&m, offset, count); break;
        case 2: model_extents (&m, offset, count); break;
        case 3:
            if (d->facts.can_flush)
                CHECK_EQ (device_flush (d, &last_error), 0);
            if (d->facts.can_cache)
                CHECK_EQ (device_cache (d, count, offset, &last_error), 0);
            break;
        case 4:
        case 5:
        case 6: model_read (&m, offset, count); break;
        default: model_write (&m, offset, count);
        }
    }
    model_read (&m, 0, m.size);
    model_extents (&m, 0, m.size);
    model_clear (&m);
}

#endif
