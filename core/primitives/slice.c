/* SPDX-License-Identifier: BSD-3-Clause */
/* slice.c: a part of a device.
 *
 * A request is passed down as one part with its offset moved (parts.h), and what comes
 * back is moved the other way.  A flush goes by, for its slot is the one below. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "parts.h"
#include "primitives.h"

struct slice {
    uint64_t offset, size;
};

static int place_below (struct parts *p, uint64_t left) {
    const struct slice *slice = p->owner->state;

    p->sequence.device = p->owner->below;
    p->sequence.child.offset = p->at + slice->offset;
    p->sequence.child.count = left;
    return 0;
}

static int slice_pass (struct device *d, struct request *r) {
    return parts_start (d, r, place_below);
}

static int slice_facts (struct device *d, struct facts *f, struct error *error) {
    const struct slice *slice = d->state;

    (void) error;
    f->get_size = slice->size;
    return 0;
}

static void slice_close (struct device *d) {
    free (d->state);
}

static const struct device_type slice_type = {
    .name = "slice",
    .work =
        {
            [WORK_pread] = slice_pass,
            [WORK_pwrite] = slice_pass,
            [WORK_trim] = slice_pass,
            [WORK_zero] = slice_pass,
            [WORK_extents] = slice_pass,
            [WORK_cache] = slice_pass,
        },
    .facts = slice_facts,
    .close = slice_close,
};

struct device *slice_open (struct host *host, const struct arguments *a, struct error *error) {
    struct device *below = arguments_get (a, "device")->device, *d;
    const struct value *size = arguments_get (a, "size");
    uint64_t offset = arguments_get (a, "offset")->u, whole = below->facts.get_size;
    struct slice *slice;

    if (offset > whole || (size->set && size->u > whole - offset)) {
        error_set (error, EINVAL,
                   "slice: %" PRIu64 " bytes from %" PRIu64
                   " end after the device, which has %" PRIu64,
                   size->set ? size->u : 0, offset, whole);
        return NULL;
    }
    if (!(slice = malloc (sizeof *slice))) {
        error_set (error, ENOMEM, "slice: out of memory");
        return NULL;
    }
    slice->offset = offset;
    slice->size = size->set ? size->u : whole - offset;
    d = device_new (&slice_type, slice, device_ref (below), host, error);
    if (!d)
        free (slice);
    return d;
}
