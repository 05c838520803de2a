/* SPDX-License-Identifier: BSD-3-Clause */
/* The largest disk that there is.  A read gives its offset in decimal digits; the file
 * "calls" has the rest. */
#include "native.h"

static int64_t largest (void *handle) {
    (void) handle;
    return INT64_MAX;
}

static int read_offset (void *handle, struct stele_request *r) {
    char digits[100];

    (void) handle;
    snprintf (digits, sizeof digits, "%0*" PRIu64, (int) r->count, r->offset);
    memcpy (r->data, digits, r->count);
    return 0;
}

static int write_note (void *handle, struct stele_request *r) {
    (void) handle;
    note ("pwrite %.*s %" PRIu64, (int) r->count, (const char *) r->payload, r->offset);
    return 0;
}

static int flush (void *handle, struct stele_request *r) {
    (void) handle, (void) r;
    return 0;
}

static int range (void *handle, struct stele_request *r) {
    const uint64_t tera = UINT64_C (1) << 40;

    (void) handle;
    note ("%s %" PRIu64 " %" PRIu64,
          r->work == STELE_TRIM    ? "trim"
          : r->work == STELE_ZERO  ? "zero"
          : r->work == STELE_CACHE ? "cache"
                                   : "extents",
          r->count, r->offset);
    if (r->work != STELE_EXTENTS)
        return 0;
    stele_extents_add (r, r->offset, tera, 0);
    return stele_extents_add (r, r->offset + tera, r->count - tera, 3) < 0 ? -EIO : 0;
}

const struct stele_plugin stele_plugin = {
    STELE_PLUGIN,         .get_size = largest, .pread = read_offset,
    .pwrite = write_note, .flush = flush,      .trim = range,
    .zero = range,        .extents = range,    .cache = range,
};
