/* SPDX-License-Identifier: BSD-3-Clause */
/* test-device.c: slots and facts, the floor, FUA, and what falls through. */
#include "check.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "hostile.h"
#include "language.h"

const struct language *const languages[] = {NULL};

enum { SIZE = 1 << 20 };

/* A disk that counts, and can answer late from another thread. */
struct toy {
    char data[SIZE];
    unsigned flushes, writes, fua_writes;
    bool late;
};

struct late {
    struct request *request;
    int result;
};

static void *answer (void *of) {
    struct late *l = of;

    request_done (l->request, l->result);
    free (l);
    return NULL;
}

static int finish (struct toy *t, struct request *r, int result) {
    pthread_t thread;
    struct late *l;

    if (!t->late)
        return result;
    l = malloc (sizeof *l);
    *l = (struct late){r, result};
    pthread_create (&thread, NULL, answer, l);
    pthread_detach (thread);
    return LATER;
}

static int toy_pread (struct device *d, struct request *r) {
    struct toy *t = d->state;

    memcpy (r->data, t->data + r->offset, r->count);
    return finish (t, r, 0);
}

static int toy_pwrite (struct device *d, struct request *r) {
    struct toy *t = d->state;

    memcpy (t->data + r->offset, r->payload, r->count);
    t->writes++;
    t->fua_writes += !!(r->flags & REQUEST_FUA);
    return finish (t, r, 0);
}

static int toy_flush (struct device *d, struct request *r) {
    struct toy *t = d->state;

    t->flushes++;
    return finish (t, r, 0);
}

static int toy_zero_refused (struct device *d, struct request *r) {
    return finish (d->state, r, request_error (r, EOPNOTSUPP, "not today"));
}

static int toy_facts (struct device *d, struct facts *f, struct error *error) {
    (void) d, (void) error;
    f->get_size = SIZE;
    return 0;
}

static const struct device_type toy_type = {
    .name = "toy",
    .work = {[WORK_pread] = toy_pread, [WORK_pwrite] = toy_pwrite, [WORK_flush] = toy_flush},
    .facts = toy_facts,
};

static const struct device_type refusing_type = {
    .name = "refusing",
    .work = {[WORK_pread] = toy_pread,
             [WORK_pwrite] = toy_pwrite,
             [WORK_zero] = toy_zero_refused},
    .facts = toy_facts,
    .may_refuse_zero = true,
};

static const struct device_type silent_type = {.name = "silent"};

static int shift_pwrite (struct device *d, struct request *r) {
    r->offset ^= 4096; /* a filter that moves data: neighbouring blocks are exchanged */
    return device_start (d->below, r);
}

static const struct device_type shift_type = {.name = "shift",
                                              .work = {[WORK_pwrite] = shift_pwrite}};
static const struct device_type shift_pass_type = {.name = "shift, zero = pass",
                                                   .work = {[WORK_pwrite] = shift_pwrite},
                                                   .passes = 1u << WORK_zero};

static int native_fua (struct device *d, struct facts *f, struct error *error) {
    (void) d, (void) error;
    f->can_fua = SUPPORT_NATIVE;
    return 0;
}

static const struct device_type native_type = {.name = "native", .facts = native_fua};

static struct device *make (const struct device_type *type, void *state, struct device *below) {
    struct error error = {0};
    struct device *d = device_new (type, state, below, NULL, &error);

    if (!d) {
        fprintf (stderr, "%s\n", error.text);
        exit (1);
    }
    return d;
}

static void silent_layers_cost_nothing (void) {
    struct toy *t = calloc (1, sizeof *t);
    struct device *bottom = make (&toy_type, t, NULL), *d = bottom;

    for (int i = 0; i < 50; i++)
        d = make (&silent_type, NULL, d);
    for (enum work w = 0; w < WORK_COUNT; w++) {
        CHECK (d->slots[w].run == bottom->slots[w].run);
        CHECK (d->slots[w].device == bottom);
    }
    CHECK (d->slots[WORK_pread].run == toy_pread);
    CHECK_EQ (d->facts.get_size, SIZE);
    CHECK (d->facts.can_write && d->facts.can_flush && !d->facts.can_trim);
    device_unref (d);
    free (t);
}

static void facts_follow_from_work (void) {
    struct toy *t = calloc (1, sizeof *t);
    struct device *d = make (&toy_type, t, NULL);

    CHECK (d->facts.can_write && d->facts.can_flush);
    CHECK (!d->facts.can_trim && !d->facts.can_zero && !d->facts.can_extents);
    CHECK (d->facts.can_fua == SUPPORT_EMULATE);
    CHECK (d->facts.can_cache == SUPPORT_NONE);
    CHECK (d->facts.can_fast_zero); /* it fails fast */
    device_unref (d);
    free (t);
}

static void zero_is_written (bool late) {
    struct toy *t = calloc (1, sizeof *t);
    struct device *d = make (&toy_type, t, NULL);
    struct error error = {0};

    t->late = late;
    memset (t->data, 'x', SIZE);
    CHECK_EQ (device_zero (d, 200000, 1000, REQUEST_FUA, &error), 0);
    CHECK (t->data[999] == 'x' && t->data[1000] == 0 && t->data[200999] == 0 &&
           t->data[201000] == 'x');
    CHECK_EQ (t->writes, TINY (STEP, 64 << 10) == 64 << 10 ? 4 : 49);
    CHECK_EQ (t->flushes, 1); /* FUA became one flush */
    CHECK_EQ (t->fua_writes, 0);
    CHECK_EQ (device_zero (d, 512, 0, REQUEST_FAST_ZERO, &error), -ENOTSUP);
    CHECK (t->data[0] == 'x');
    device_unref (d);
    free (t);
}

static void refused_zero_is_written (bool late) {
    struct toy *t = calloc (1, sizeof *t);
    struct device *d = make (&refusing_type, t, NULL);
    struct error error = {0};

    t->late = late;
    memset (t->data, 'x', SIZE);
    CHECK (d->facts.can_zero);
    CHECK_EQ (device_zero (d, 512, 512, 0, &error), 0);
    CHECK_EQ (error.number, 0); /* the refusal is not the client's business */
    CHECK (t->data[511] == 'x' && t->data[512] == 0 && t->data[1024] == 'x');
    CHECK_EQ (device_zero (d, 512, 0, REQUEST_FUA, &error), -EINVAL); /* no flush, no FUA */
    device_unref (d);
    free (t);
}

static void moved_data_moves_zeroes (void) {
    struct toy *t = calloc (1, sizeof *t);
    struct device *below = make (&toy_type, t, NULL);
    struct device *d = make (&shift_type, NULL, device_ref (below));
    struct device *p = make (&shift_pass_type, NULL, below);
    struct error error = {0};

    memset (t->data, 'x', SIZE);
    CHECK_EQ (device_zero (d, 512, 0, 0, &error), 0);
    CHECK (t->data[0] == 'x' && t->data[4096] == 0);
    CHECK_EQ (device_zero (p, 512, 0, 0, &error), 0); /* it said that it is safe */
    CHECK (t->data[0] == 0);
    CHECK (p->slots[WORK_zero].device == below);
    device_unref (d);
    device_unref (p);
    free (t);
}

static void fua_is_not_lost_below_a_native_layer (void) {
    struct toy *t = calloc (1, sizeof *t);
    struct device *d = make (&silent_type, NULL, make (&native_type, NULL, make (&toy_type, t, NULL)));
    struct error error = {0};

    CHECK (d->facts.can_fua == SUPPORT_NATIVE);
    CHECK_EQ (device_pwrite (d, "hello", 5, 0, REQUEST_FUA, &error), 0);
    CHECK_EQ (t->flushes, 1);
    CHECK_EQ (t->fua_writes, 0);
    device_unref (d);
    free (t);
}

static void bad_requests_are_refused (void) {
    struct toy *t = calloc (1, sizeof *t);
    struct device *d = make (&toy_type, t, NULL);
    char byte = 0;
    struct error error = {0};

    CHECK_EQ (device_pread (d, &byte, 1, SIZE, &error), -EINVAL);
    CHECK (strstr (error.text, "after the disk"));
    CHECK_EQ (device_pwrite (d, &byte, 1, UINT64_MAX, 0, NULL), -ENOSPC);
    CHECK_EQ (device_zero (d, UINT64_MAX, 1, 0, NULL), -ENOSPC);
    CHECK_EQ (device_trim (d, 1, 0, 0, NULL), -EINVAL); /* not offered */
    CHECK_EQ (device_cache (d, 1, 0, NULL), -EINVAL);
    device_unref (d);
    free (t);
}

static void unknown_extents_are_data (void) {
    struct toy *t = calloc (1, sizeof *t);
    struct device *d = make (&toy_type, t, NULL);
    struct extents e;

    extents_init (&e, 512, 1024, false);
    CHECK_EQ (device_extents (d, &e, NULL), 0);
    CHECK_EQ (e.n, 1);
    CHECK (e.v[0].offset == 512 && e.v[0].length == 1024 && e.v[0].type == 0);
    extents_clear (&e);
    device_unref (d);
    free (t);
}

static void extents_merge_and_clip (void) {
    struct extents e;

    extents_init (&e, 100, 100, false);
    CHECK_EQ (extents_add (&e, 0, 50, 0), 0);    /* before the range */
    CHECK_EQ (extents_add (&e, 50, 100, 3), 0);  /* cut at both ends */
    CHECK_EQ (extents_add (&e, 150, 10, 3), 0);  /* merged */
    CHECK_EQ (extents_add (&e, 170, 1, 0), -ERANGE);
    CHECK_EQ (extents_add (&e, 160, UINT64_MAX, 0), -EOVERFLOW);
    CHECK_EQ (extents_add (&e, 160, 1000, 0), 1);
    CHECK_EQ (e.n, 2);
    CHECK (e.v[0].offset == 100 && e.v[0].length == 60 && e.v[0].type == 3);
    CHECK (e.v[1].offset == 160 && e.v[1].length == 40 && e.v[1].type == 0);
    extents_clear (&e);
}

int main (void) {
    silent_layers_cost_nothing ();
    facts_follow_from_work ();
    zero_is_written (false);
    zero_is_written (true);
    refused_zero_is_written (false);
    refused_zero_is_written (true);
    moved_data_moves_zeroes ();
    fua_is_not_lost_below_a_native_layer ();
    bad_requests_are_refused ();
    unknown_extents_are_data ();
    extents_merge_and_clip ();
    return check_result ();
}
