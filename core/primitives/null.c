/* SPDX-License-Identifier: BSD-3-Clause */
/* null.c: reads as zero, forgets what is written.
 *
 * Nothing is kept but the size; every read is one hole. */
#include <errno.h>
#include <stdlib.h>

#include "primitives.h"

struct null {
    uint64_t size;
};

static int null_pread (struct device *d, struct request *r) {
    (void) d;
    request_hole (r, 0, r->count);
    return 0;
}

static int null_forget (struct device *d, struct request *r) {
    (void) d, (void) r;
    return 0;
}

static int null_extents (struct device *d, struct request *r) {
    int result = extents_add (r->extents, r->offset, r->count, EXTENT_HOLE | EXTENT_ZERO);

    (void) d;
    return result < 0 ? request_error (r, -result, "null: out of memory") : 0;
}

static int null_facts (struct device *d, struct facts *f, struct error *error) {
    struct null *null = d->state;

    (void) error;
    f->get_size = null->size;
    f->block_size =
        (struct block_size){.minimum = 1, .preferred = 4096, .maximum = UINT32_MAX};
    f->can_fast_zero = f->can_multi_conn = true;
    f->can_fua = f->can_cache = SUPPORT_NATIVE;
    return 0;
}

static void null_close (struct device *d) {
    free (d->state);
}

static const struct device_type null_type = {
    .name = "null",
    .work =
        {
            [WORK_pread] = null_pread,
            [WORK_pwrite] = null_forget,
            [WORK_flush] = null_forget,
            [WORK_trim] = null_forget,
            [WORK_zero] = null_forget,
            [WORK_extents] = null_extents,
            [WORK_cache] = null_forget,
        },
    .facts = null_facts,
    .close = null_close,
};

struct device *null_open (struct host *host, const struct arguments *a, struct error *error) {
    struct null *null = malloc (sizeof *null);
    struct device *d;

    if (!null) {
        error_set (error, ENOMEM, "null: out of memory");
        return NULL;
    }
    null->size = arguments_get (a, "size")->u;
    d = device_new (&null_type, null, NULL, host, error);
    if (!d)
        free (null);
    return d;
}
