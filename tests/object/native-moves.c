/* SPDX-License-Identifier: BSD-3-Clause */
/* A filter that leaves out the first 512 bytes: every request is copied, and moved.  With -DASKS
 * the extents are taken out of the copy by hand. */
#include "native.h"

enum { MOVE = 512 };

static int64_t size (void *next) {
    return (int64_t) stele_device_get_size (next) - MOVE;
}

#ifdef ASKS
static int told (struct stele_request *r, struct stele_request *copy, int result, void *of) {
    uint64_t offset, length;
    uint32_t type;

    (void) of;
    for (size_t i = 0; result == 0 && stele_request_extent (copy, i, &offset, &length, &type);
         i++)
        result = stele_extents_add (r, offset - MOVE, length, type);
    return result < 0 ? result : 0;
}
#else
static stele_then *const told = NULL;
#endif

static int move (void *next, struct stele_request *r) {
    struct stele_request *copy = stele_request_copy (r);

    if (copy && r->work != STELE_FLUSH)
        copy->offset += MOVE;
    return stele_request_start (copy, next, r->work == STELE_EXTENTS ? told : NULL, NULL);
}

const struct stele_plugin stele_plugin = {
    STELE_PLUGIN,  .filter = true, .get_size = size, .pread = move,   .pwrite = move,
    .flush = move, .trim = move,   .zero = move,     .extents = move, .cache = move,
};
