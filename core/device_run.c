/* SPDX-License-Identifier: BSD-3-Clause */
/* device_run.c: straight code over devices: check a request, run it, wait for it.
 *
 * For scripts' device calls, for tests and for work that may hold its thread.  The wire
 * uses device_check and device_start, and never waits. */
#include "device.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>

#include "language.h"
#include "pool.h"

static const char *const names[WORK_COUNT] = {
#define LIFE(name, takes, gives, doc)
#define FACT(name, takes, gives, implied, doc)
#define WORK(name, takes, gives, cut, doc) [WORK_##name] = #name,
#include "callbacks.def"
#undef LIFE
#undef FACT
#undef WORK
};

static int check_range (struct device *d, struct request *r) {
    uint64_t size = d->facts.get_size;

    if (r->work == WORK_flush)
        return 0;
    if (r->offset <= size && r->count <= size - r->offset)
        return 0;
    return request_error (r, r->work == WORK_pwrite || r->work == WORK_zero ? ENOSPC : EINVAL,
                          "%s: %" PRIu64 " bytes from %" PRIu64
                          " end after the disk, which has %" PRIu64 " bytes",
                          names[r->work], r->count, r->offset, size);
}

static bool changes (enum work work) {
    return work == WORK_pwrite || work == WORK_trim || work == WORK_zero;
}

static int check_ability (struct device *d, struct request *r) {
    const struct facts *f = &d->facts;

    if (changes (r->work) && !f->can_write)
        return request_error (r, EPERM, "%s: the disk is read-only", names[r->work]);
    if ((r->work == WORK_trim && !f->can_trim) || (r->work == WORK_flush && !f->can_flush) ||
        (r->work == WORK_cache && f->can_cache == SUPPORT_NONE))
        return request_error (r, EINVAL, "%s: the disk does not offer it", names[r->work]);
    if ((r->flags & REQUEST_FUA) && f->can_fua == SUPPORT_NONE)
        return request_error (r, EINVAL, "%s: the disk does not offer FUA", names[r->work]);
    if ((r->flags & REQUEST_FAST_ZERO) && !f->can_fast_zero)
        return request_error (r, EINVAL, "%s: the disk does not offer fast zeroes",
                              names[r->work]);
    if ((r->work == WORK_pread || r->work == WORK_pwrite) && r->count > REQUEST_COUNT_MAX)
        return request_error (r, EOVERFLOW, "%s: %" PRIu64 " bytes are more than %d at once",
                              names[r->work], r->count, REQUEST_COUNT_MAX);
    return 0;
}

int device_check (struct device *d, struct request *r) {
    int result = check_ability (d, r);

    return result < 0 ? result : check_range (d, r);
}

struct waiter {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool finished;
    int result;
};

static void waiter_done (struct request *r, int result) {
    struct waiter *w = (struct waiter *) r->parent;

    pthread_mutex_lock (&w->lock);
    w->finished = true;
    w->result = result;
    pthread_cond_signal (&w->changed);
    pthread_mutex_unlock (&w->lock);
}

int device_run (struct device *d, struct request *r) {
    struct waiter w = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    int result = device_check (d, r);

    if (result < 0)
        return result;
    r->done = waiter_done;
    r->parent = (struct request *) &w; /* opaque to everybody else */
    result = device_start (d, r);
    if (result != LATER)
        return result;
    pool_before_wait ();
    pthread_mutex_lock (&w.lock);
    while (!w.finished)
        pthread_cond_wait (&w.changed, &w.lock);
    pthread_mutex_unlock (&w.lock);
    return w.result;
}

/* A failure always has a sentence, if only the errno's. */
static int run (struct device *d, struct request *r, struct error *error) {
    int result;

    r->error = error;
    result = device_run (d, r);
    if (result < 0)
        error_set (error, -result, "%s: it failed", names[r->work]);
    return result;
}

int device_pread (struct device *d, void *data, uint64_t count, uint64_t offset,
                  struct error *error) {
    return run (d,
                &(struct request){
                    .work = WORK_pread, .data = data, .count = count, .offset = offset},
                error);
}

int device_pwrite (struct device *d, const void *data, uint64_t count, uint64_t offset,
                   uint32_t flags, struct error *error) {
    return run (d,
                &(struct request){.work = WORK_pwrite,
                                  .payload = data,
                                  .count = count,
                                  .offset = offset,
                                  .flags = flags},
                error);
}

int device_flush (struct device *d, struct error *error) {
    return run (d, &(struct request){.work = WORK_flush}, error);
}

int device_trim (struct device *d, uint64_t count, uint64_t offset, uint32_t flags,
                 struct error *error) {
    return run (d,
                &(struct request){
                    .work = WORK_trim, .count = count, .offset = offset, .flags = flags},
                error);
}

int device_zero (struct device *d, uint64_t count, uint64_t offset, uint32_t flags,
                 struct error *error) {
    return run (d,
                &(struct request){
                    .work = WORK_zero, .count = count, .offset = offset, .flags = flags},
                error);
}

int device_cache (struct device *d, uint64_t count, uint64_t offset, struct error *error) {
    return run (d, &(struct request){.work = WORK_cache, .count = count, .offset = offset},
                error);
}

int device_extents (struct device *d, struct extents *e, struct error *error) {
    return run (d,
                &(struct request){.work = WORK_extents,
                                  .extents = e,
                                  .offset = e->start,
                                  .count = e->end - e->start,
                                  .flags = e->one ? REQUEST_REQ_ONE : 0},
                error);
}
