/* SPDX-License-Identifier: BSD-3-Clause */
/* A filter that writes to two devices at once: the next one, and one in memory, of which it
 * reads.  Zero and trim become writes. */
#include "native.h"

#include <stdatomic.h>

struct mirror {
    struct stele_device *next, *memory;
};

static int open_mirror (struct stele_device *next, bool readonly, void **handle,
                        struct stele_device **device) {
    struct mirror *m = calloc (1, sizeof *m);

    (void) readonly, (void) device;
    if (!m)
        return -ENOMEM;
    m->next = next;
    m->memory = stele_construct (
        "ram", STELE_ARGUMENTS ({.name = "size", .number = stele_device_get_size (next)}));
    if (!m->memory) {
        free (m);
        return -EINVAL;
    }
    *handle = m;
    return 0;
}

static int close_mirror (void *handle) {
    struct mirror *m = handle;

    stele_device_unref (m->memory);
    free (m);
    return 0;
}

struct both {
    atomic_int left, result;
};

static int one_done (struct stele_request *r, struct stele_request *copy, int result,
                     void *of) {
    struct both *both = of;

    (void) r, (void) copy;
    if (result < 0)
        both->result = result;
    if (--both->left > 0)
        return STELE_LATER;
    result = both->result;
    free (both);
    return result;
}

static int write_both (void *handle, struct stele_request *r) {
    struct stele_request *copies[] = {stele_request_copy (r), stele_request_copy (r)};
    struct both *both = malloc (sizeof *both);
    struct mirror *m = handle;
    int first, second;

    if (!copies[0] || !copies[1] || !both) {
        stele_request_drop (copies[0]);
        stele_request_drop (copies[1]);
        free (both);
        return -ENOMEM;
    }
    both->left = 2;
    both->result = 0;
    first = stele_request_start (copies[0], m->next, one_done, both);
    second = stele_request_start (copies[1], m->memory, one_done, both);
    return first == STELE_LATER ? second : first; /* the last one answers */
}

static int read_memory (void *handle, struct stele_request *r) {
    struct mirror *m = handle;

    return stele_device_pread (m->memory, r->data, r->count, r->offset);
}

const struct stele_plugin stele_plugin = {
    STELE_PLUGIN,          .filter = true,       .open = open_mirror,
    .close = close_mirror, .pread = read_memory, .pwrite = write_both,
};
