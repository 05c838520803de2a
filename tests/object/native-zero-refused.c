/* SPDX-License-Identifier: BSD-3-Clause */
/* Zeroes that are refused: below 64k for want of support, above with an error.  The file
 * "calls" has what was asked and what was written. */
#include "native.h"

static int flush (void *handle, struct stele_request *r) {
    (void) handle, (void) r;
    note ("flush");
    return 0;
}

static int write_note (void *handle, struct stele_request *r) {
    const char *bytes = r->payload;
    uint64_t i = 0;

    (void) handle;
    while (i < r->count && !bytes[i])
        i++;
    note ("pwrite %" PRIu64 " %" PRIu64 " %s", r->count, r->offset,
          i == r->count ? "zeroes" : "data");
    return 0;
}

static int zero (void *handle, struct stele_request *r) {
    (void) handle;
    note ("zero %" PRIu64 " %" PRIu64, r->count, r->offset);
    if (r->offset < 65536)
        return stele_error (ENOTSUP, "zero: zeroes are not supported here");
    return stele_error (EIO, "zero: the zeroes are lost");
}

const struct stele_plugin stele_plugin = {
    STELE_PLUGIN,         .get_size = one_megabyte, .can_fast_zero = yes, .pread = pread_x,
    .pwrite = write_note, .flush = flush,           .zero = zero,
};
