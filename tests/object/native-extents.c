/* SPDX-License-Identifier: BSD-3-Clause */
/* Extents as plugins may tell them, in each megabyte another way. */
#include "native.h"

enum { M = 1 << 20 };

static int64_t six_megabytes (void *handle) {
    (void) handle;
    return 6 * M;
}

static int contexts (void *handle, struct stele_list *list) {
    (void) handle;
    return stele_list_add (list, "test:megabytes", NULL);
}

/* From where in the disk (relative to what was asked, but for the first megabyte). */
static const struct {
    uint64_t offset, length;
    uint32_t type;
} ways[6][5] = {
    /* All of the disk, though only a part was asked about. */
    {{0, 1000, 0}, {1000, 2000, 3}, {3000, 6 * M - 3000, 2}},
    /* Two of one type that overlap, an empty one, and a type that there is not. */
    {{0, 10, 1}, {10, 0, 2}, {5, 25, 1}, {30, 70, 4}},
    /* Less than was asked about. */
    {{0, 1, 3}},
    /* A gap. */
    {{0, 1, 0}, {2, 1, 0}},
    /* A beginning that is too late. */
    {{1, 10, 0}},
    /* Nothing. */
    {{0, 0, 0}},
};

static int extents (void *handle, struct stele_request *r) {
    uint64_t way = r->offset / M, from = way ? r->offset : 0;
    const char *context = stele_request_context (r);
    int result = 0;

    (void) handle;
    if (context && strcmp (context, "test:megabytes") == 0)
        return stele_extents_add (r, r->offset, r->count, (uint32_t) way) < 0 ? -EIO : 0;
    for (int i = 0; result == 0 && (ways[way][i].length || ways[way][i].offset); i++) {
        result = stele_extents_add (r, from + ways[way][i].offset, ways[way][i].length,
                                    ways[way][i].type);
        if (result < 0)
            return stele_error (EIO, "extents: %s", strerror (-result));
    }
    return 0;
}

const struct stele_plugin stele_plugin = {
    STELE_PLUGIN,     .get_size = six_megabytes, .contexts = contexts,
    .pread = pread_x, .extents = extents,
};
