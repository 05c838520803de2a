/* SPDX-License-Identifier: BSD-3-Clause */
/* native_request.c: stele.h's functions about requests.
 *
 *     request ◀── parent ── copy ─▶ device     it goes down on its own, and comes back to THEN
 *             ◀──────────── nap                or waits for a timer
 *
 * A copy and a nap are the only memory that a request costs, and only where it is asked
 * for; they are gone when THEN has returned. */
#include "native.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../core/pool.h"

_Static_assert((int) STELE_LATER == (int) LATER && (int) STELE_PASS == (int) PASS,
               "what WORK returns is not looked at twice");
_Static_assert((int) STELE_MAY_TRIM == (int) REQUEST_MAY_TRIM &&
                   (int) STELE_FUA == (int) REQUEST_FUA &&
                   (int) STELE_REQ_ONE == (int) REQUEST_REQ_ONE &&
                   (int) STELE_FAST_ZERO == (int) REQUEST_FAST_ZERO,
               "flags are not translated");
_Static_assert((int) STELE_HOLE == (int) EXTENT_HOLE &&
                   (int) STELE_ZERO_EXTENT == (int) EXTENT_ZERO,
               "nor types of extents");
_Static_assert((int) STELE_PREAD == (int) WORK_pread &&
                   (int) STELE_PWRITE == (int) WORK_pwrite &&
                   (int) STELE_FLUSH == (int) WORK_flush &&
                   (int) STELE_TRIM == (int) WORK_trim && (int) STELE_ZERO == (int) WORK_zero &&
                   (int) STELE_EXTENTS == (int) WORK_extents &&
                   (int) STELE_CACHE == (int) WORK_cache &&
                   (int) STELE_CACHE + 1 == (int) WORK_COUNT,
               "enum stele_work is enum work");

/* Every device of an object's has the type in its plugin. */
static struct plugin *plugin_of (const struct device *d) {
    return container_of (d->type, struct plugin, type);
}

void after_enter (struct after *a, struct device *d, struct request *r) {
    memset (&a->call, 0, offsetof (struct call, out)); /* WORK gives nothing there */
    a->call.row = &callbacks[ROW_COUNT - WORK_COUNT + r->work];
    a->call.session = plugin_session (d);
    a->call.device = d;
    a->call.request = r;
    a->call.error = r->error;
    now_enter (&a->now, plugin_of (d)->script, &a->call);
}

void after_leave (struct after *a) {
    now_leave (&a->now);
}

void stele_request_done (struct stele_request *request, int result) {
    struct request *r = request_in (request);

    if (result == LATER)
        result = request_error (r, EIO, "stele_request_done is given STELE_LATER");
    plugin_finish (r->device, r, native_result (r, "stele_request_done", result));
}

int stele_request_error (struct stele_request *request, int number, const char *format, ...) {
    struct request *r = request_in (request);
    va_list args;

    va_start (args, format);
    error_vset (r->error, number, format, args);
    va_end (args);
    native_tell (plugin_of (r->device), plugin_session (r->device), r->error);
    return -number;
}

bool stele_request_cancelled (const struct stele_request *r) {
    return request_in (r)->cancelled;
}

/* Holes are noted in their order; one that comes out of it is filled in. */
void stele_request_hole (struct stele_request *request, uint64_t start, uint64_t length) {
    struct request *r = request_in (request);
    const struct hole *last = r->holes && r->holes->n ? &r->holes->v[r->holes->n - 1] : NULL;

    if (r->work != WORK_pread || start > r->count || length > r->count - start)
        return;
    if (last && start < (uint64_t) last->start + last->length)
        memset ((char *) r->data + start, 0, length);
    else
        request_hole (r, start, length);
}

int stele_extents_add (struct stele_request *r, uint64_t offset, uint64_t length,
                       uint32_t type) {
    if (request_in (r)->work != WORK_extents)
        return -EINVAL;
    if (!request_in (r)->context) /* base:allocation has no other bits */
        type &= STELE_HOLE | STELE_ZERO_EXTENT;
    return extents_add (request_in (r)->extents, offset, length, type);
}

const char *stele_request_context (const struct stele_request *r) {
    return request_in (r)->context;
}

/* What THEN gave is the request's result.  Where it is LATER the request may be gone. */
static int run_then (struct device *d, struct request *r, struct request *copy,
                     stele_then *then, int result, void *of) {
    struct after after;

    after_enter (&after, d, r);
    result = then ((struct stele_request *) r, (struct stele_request *) copy, result, of);
    after_leave (&after);
    return result == LATER ? LATER : native_result (r, "then", result);
}

/* A request on its own way down.  Its sentence is its own, since several may be under way. */
struct copy {
    struct request request; /* request.parent: of whom it is the copy */
    struct device *device;  /* the parent's */
    struct extents extents;
    stele_then *then;
    void *of;
    struct error error;
};

struct stele_request *stele_request_copy (struct stele_request *request) {
    struct request *r = request_in (request);
    struct copy *c = malloc (sizeof *c);

    if (!c)
        return NULL;
    c->request = (struct request){.work = r->work,
                                  .flags = r->flags,
                                  .offset = r->offset,
                                  .count = r->count,
                                  .data = r->data,
                                  .context = r->context,
                                  .parent = r,
                                  .device = r->device,
                                  .error = &c->error,
                                  .cancelled = r->cancelled};
    c->device = r->device;
    c->error.number = 0;
    c->error.told = false;
    c->error.text[0] = '\0';
    extents_init (&c->extents, 0, 0, false);
    return (struct stele_request *) &c->request;
}

static struct copy *copy_in (const struct stele_request *r) {
    return container_of (request_in (r), struct copy, request);
}

void stele_request_drop (struct stele_request *request) {
    struct copy *c = request ? copy_in (request) : NULL;

    if (c)
        extents_clear (&c->extents);
    free (c);
}

/* What a copy was told of extents, as what its request is told, if nobody else does that.  A copy
 * that was moved is moved back. */
static int hand_extents_on (const struct copy *c, struct request *r) {
    int result = 0;

    if (c->request.work != WORK_extents || r->work != WORK_extents)
        return 0;
    for (size_t i = 0; result == 0 && i < c->extents.n; i++)
        result = extents_add (r->extents, c->extents.v[i].offset - c->extents.start + r->offset,
                              c->extents.v[i].length, c->extents.v[i].type);
    return result < 0 ? result : native_result (r, "extents", 0);
}

static int copy_finish (struct copy *c, int result) {
    struct request *r = c->request.parent;

    c->request.device = c->device; /* those below had it for themselves */
    if (c->then)
        result = run_then (c->device, r, &c->request, c->then, result, c->of);
    else if (result == 0)
        result = hand_extents_on (c, r);
    if (result < 0 && c->error.number && r->error && r->error->number == 0)
        *r->error = c->error;
    stele_request_drop ((struct stele_request *) &c->request);
    return result;
}

static void copy_done (struct request *request, int result) {
    struct copy *c = container_of (request, struct copy, request);
    struct request *r = c->request.parent;
    struct device *d = c->device;

    result = copy_finish (c, result);
    if (result != LATER)
        plugin_finish (d, r, result);
}

int stele_request_start (struct stele_request *copy, struct stele_device *device,
                         stele_then *then, void *of) {
    struct copy *c = copy ? copy_in (copy) : NULL;
    int result;

    if (!c)
        return -ENOMEM;
    c->then = then;
    c->of = of;
    c->request.done = copy_done;
    if (c->request.work == WORK_extents) {
        extents_init (&c->extents, copy->offset, copy->count, copy->flags & STELE_REQ_ONE);
        c->request.extents = &c->extents;
    }
    if ((unsigned) c->request.work >= WORK_COUNT)
        result = request_error (&c->request, EINVAL,
                                "a copy's work, %u, is none of enum stele_work", copy->work);
    else if ((result = device_check (device_in (device), &c->request)) == 0)
        result = device_start (device_in (device), &c->request);
    return result == LATER ? LATER : copy_finish (c, result);
}

bool stele_request_extent (const struct stele_request *copy, size_t i, uint64_t *offset,
                           uint64_t *length, uint32_t *type) {
    const struct extents *e = &copy_in (copy)->extents;
    size_t n = e->one && e->n > 1 ? 1 : e->n;

    if (i >= n)
        return false;
    *offset = e->v[i].offset;
    *length = e->v[i].length;
    *type = e->v[i].type;
    return true;
}

/* A request that waits for time to pass. */
struct nap {
    struct timer timer;
    uint64_t until_ns;
    struct request *request;
    struct device *device; /* whose request it is */
    stele_then *then;
    void *of;
};

static int nap_end (struct nap *nap, int result) {
    struct nap n = *nap;

    free (nap);
    if (!n.then)
        return result < 0 ? result : PASS;
    return run_then (n.device, n.request, NULL, n.then, result, n.of);
}

/* In steps of a second, to see whether anybody still waits for its end. */
static void nap_set (struct nap *nap, uint64_t now_ns) {
    enum { STEP_NS = 1000000000 };
    uint64_t left = nap->until_ns > now_ns ? nap->until_ns - now_ns : 0;

    pool_timer (nap->device->host->pool, &nap->timer, left < STEP_NS ? left : STEP_NS);
}

static void nap_rings (struct task *task) {
    struct nap *nap = container_of (task, struct nap, timer.task);
    struct request *r = nap->request;
    struct device *d = nap->device;
    uint64_t now_ns = pool_clock_ns (), give_up_ns = d->host->give_up_ns;
    int result = r->cancelled || (give_up_ns && now_ns >= give_up_ns) ? -ESHUTDOWN : 0;

    if (result == 0 && now_ns < nap->until_ns) {
        nap_set (nap, now_ns);
        return;
    }
    result = nap_end (nap, result);
    if (result != LATER)
        plugin_finish (d, r, result);
}

int stele_request_sleep (struct stele_request *request, uint64_t delay_ns, stele_then *then,
                         void *of) {
    struct request *r = request_in (request);
    struct nap *nap = malloc (sizeof *nap);
    uint64_t now_ns = pool_clock_ns ();

    if (!nap)
        return -ENOMEM;
    *nap = (struct nap){.timer.task.run = nap_rings,
                        .until_ns =
                            delay_ns < UINT64_MAX - now_ns ? now_ns + delay_ns : UINT64_MAX,
                        .request = r,
                        .device = r->device,
                        .then = then,
                        .of = of};
    nap_set (nap, now_ns);
    return LATER;
}
