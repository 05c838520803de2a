/* SPDX-License-Identifier: BSD-3-Clause */
/* fill.c: every byte is the same, read-only.
 *
 * Filled with zero it is one hole; with anything else it is data. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "primitives.h"

struct fill {
    uint64_t size;
    unsigned char byte;
};

static int fill_pread (struct device *d, struct request *r) {
    struct fill *fill = d->state;

    if (fill->byte == 0)
        request_hole (r, 0, r->count);
    else
        memset (r->data, fill->byte, r->count);
    return 0;
}

static int fill_extents (struct device *d, struct request *r) {
    struct fill *fill = d->state;
    int result = extents_add (r->extents, r->offset, r->count,
                              fill->byte == 0 ? EXTENT_HOLE | EXTENT_ZERO : 0);

    return result < 0 ? request_error (r, -result, "fill: out of memory") : 0;
}

static int fill_nothing (struct device *d, struct request *r) {
    (void) d, (void) r;
    return 0;
}

static int fill_facts (struct device *d, struct facts *f, struct error *error) {
    struct fill *fill = d->state;

    (void) error;
    f->get_size = fill->size;
    f->block_size =
        (struct block_size){.minimum = 1, .preferred = 4096, .maximum = UINT32_MAX};
    f->can_multi_conn = true;
    return 0;
}

static void fill_close (struct device *d) {
    free (d->state);
}

static const struct device_type fill_type = {
    .name = "fill",
    .work =
        {
            [WORK_pread] = fill_pread,
            [WORK_extents] = fill_extents,
            [WORK_cache] = fill_nothing,
        },
    .facts = fill_facts,
    .close = fill_close,
};

struct device *fill_open (struct host *host, const struct arguments *a, struct error *error) {
    uint64_t byte = arguments_get (a, "byte")->u;
    struct fill *fill;
    struct device *d;

    if (byte > 255) {
        error_set (error, EINVAL, "fill: %" PRIu64 " is not a byte, from 0 to 255", byte);
        return NULL;
    }
    if (!(fill = malloc (sizeof *fill))) {
        error_set (error, ENOMEM, "fill: out of memory");
        return NULL;
    }
    fill->size = arguments_get (a, "size")->u;
    fill->byte = byte;
    d = device_new (&fill_type, fill, NULL, host, error);
    if (!d)
        free (fill);
    return d;
}
