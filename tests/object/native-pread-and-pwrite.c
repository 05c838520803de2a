/* SPDX-License-Identifier: BSD-3-Clause */
/* A megabyte that is kept in a table of single bytes. */
#include "native.h"

static char bytes[1 << 20];

static int read_bytes (void *handle, struct stele_request *r) {
    (void) handle;
    memcpy (r->data, bytes + r->offset, r->count);
    return 0;
}

static int write_bytes (void *handle, struct stele_request *r) {
    (void) handle;
    memcpy (bytes + r->offset, r->payload, r->count);
    return 0;
}

const struct stele_plugin stele_plugin = {
    STELE_PLUGIN,
    .get_size = one_megabyte,
    .pread = read_bytes,
    .pwrite = write_bytes,
};
