/* SPDX-License-Identifier: BSD-3-Clause */
/* floor.c: what every device stands on: the fallbacks, in one place.
 *
 * Each takes the device that lacks something and does it by way of the device's other
 * work, so that a filter which moves data in pwrite has its zeroes moved too. */
#include "floor.h"

#include <errno.h>
#include <stdlib.h>

#include "hostile.h"
#include "sequence.h"

enum { STEP = TINY (STEP, 64 << 10) }; /* bytes in one write of zeroes, or one read for the cache */

static const char zeroes[STEP];

/* The work done so far, in steps over the range of the parent. */
struct steps {
    struct sequence sequence;
    uint64_t done;
    char *scratch; /* where reads for the cache go */
};

static int steps_finish (struct sequence *s, int result) {
    struct steps *steps = container_of (s, struct steps, sequence);

    free (steps->scratch);
    free (steps);
    return result;
}

static int steps_next (struct sequence *s, enum work work) {
    struct steps *steps = container_of (s, struct steps, sequence);
    uint64_t left = s->parent->count - steps->done;

    if (left == 0)
        return 0;
    s->child.work = work;
    s->child.offset = s->parent->offset + steps->done;
    s->child.count = left < STEP ? left : STEP;
    steps->done += s->child.count;
    return 1;
}

static int zero_next (struct sequence *s) {
    s->child.payload = zeroes;
    s->child.flags = s->parent->flags & REQUEST_FUA;
    return steps_next (s, WORK_pwrite);
}

static int cache_next (struct sequence *s) {
    s->child.data = container_of (s, struct steps, sequence)->scratch;
    return steps_next (s, WORK_pread);
}

static int floor_zero (struct device *d, struct request *r) {
    struct steps *steps;

    if (r->flags & REQUEST_FAST_ZERO)
        return request_error (r, ENOTSUP, "%s: zeroes can only be written, which is not fast",
                              d->type->name);
    if (!(steps = calloc (1, sizeof *steps)))
        return -ENOMEM;
    return sequence_start (&steps->sequence, r, d, zero_next, steps_finish);
}

static int floor_cache (struct device *d, struct request *r) {
    struct steps *steps;

    if (d->facts.can_cache != SUPPORT_EMULATE)
        return 0; /* a hint that nobody understands has been taken */
    if (!(steps = calloc (1, sizeof *steps)) || !(steps->scratch = malloc (STEP))) {
        free (steps);
        return -ENOMEM;
    }
    return sequence_start (&steps->sequence, r, d, cache_next, steps_finish);
}

static int floor_extents (struct device *d, struct request *r) {
    int result = extents_add (r->extents, r->offset, r->count, 0);

    (void) d;
    return result < 0 ? result : 0;
}

static int floor_hint (struct device *d, struct request *r) {
    (void) d, (void) r;
    return 0;
}

static int floor_pread (struct device *d, struct request *r) {
    return request_error (r, EIO, "%s: it cannot be read", d->type->name);
}

static int floor_pwrite (struct device *d, struct request *r) {
    return request_error (r, EROFS, "%s: it cannot be written", d->type->name);
}

work_fn *const floor_work[WORK_COUNT] = {
    [WORK_pread] = floor_pread,
    [WORK_pwrite] = floor_pwrite,
    [WORK_flush] = floor_hint, /* nothing is kept back */
    [WORK_trim] = floor_hint,
    [WORK_zero] = floor_zero,
    [WORK_extents] = floor_extents,
    [WORK_cache] = floor_cache,
};

/* A zero that may be refused is a child of its own, so that a refusal which comes later
 * finds the request as it was. */
struct try_zero {
    struct request child;
    struct request *parent;
    struct device *device;
    struct error error; /* a refusal's sentence must not stand in the way of a later one */
};

static bool refused (const struct request *r, int result) {
    return (result == -ENOTSUP || result == -EOPNOTSUPP) && !(r->flags & REQUEST_FAST_ZERO);
}

static int try_zero_finish (struct try_zero *t, int result) {
    struct request *r = t->parent;
    struct device *d = t->device;
    bool again = refused (r, result);

    if (result < 0 && !again && t->error.number)
        error_set (r->error, t->error.number, "%s", t->error.text);
    free (t);
    return again ? floor_zero (d, r) : result;
}

static void try_zero_done (struct request *child, int result) {
    struct try_zero *t = container_of (child, struct try_zero, child);
    struct request *parent = t->parent;

    result = try_zero_finish (t, result);
    if (result != LATER)
        request_done (parent, result);
}

int floor_try_zero (struct device *d, struct request *r) {
    struct try_zero *t = malloc (sizeof *t);
    int result;

    if (!t)
        return -ENOMEM;
    t->child = *r;
    t->child.done = try_zero_done;
    t->child.error = &t->error;
    t->parent = r;
    t->device = d;
    t->error.number = 0;
    t->error.text[0] = 0;
    result = d->type->work[WORK_zero] (d, &t->child);
    return result == LATER ? LATER : try_zero_finish (t, result);
}

/* The work without FUA, then a flush. */
struct fua {
    struct sequence sequence;
    int step;
};

static int fua_next (struct sequence *s) {
    struct fua *f = container_of (s, struct fua, sequence);
    struct request *child = &s->child, *parent = s->parent;

    switch (f->step++) {
    case 0:
        child->work = parent->work;
        child->flags = parent->flags & ~(uint32_t) REQUEST_FUA;
        child->offset = parent->offset;
        child->count = parent->count;
        child->payload = parent->payload;
        child->loans = parent->loans;
        return 1;
    case 1:
        child->work = WORK_flush;
        child->flags = 0;
        child->offset = child->count = 0;
        return 1;
    default: return 0;
    }
}

static int fua_finish (struct sequence *s, int result) {
    free (container_of (s, struct fua, sequence));
    return result;
}

int floor_fua (struct device *d, struct request *r) {
    struct fua *f = calloc (1, sizeof *f);

    if (!f)
        return -ENOMEM;
    return sequence_start (&f->sequence, r, d, fua_next, fua_finish);
}
