/* SPDX-License-Identifier: BSD-3-Clause */
/* A filter over which the bytes below are other ones.  With -DPASSES a zero goes through to
 * them, which is wrong; and holes are told. */
#include "native.h"

static void change (void *to, const void *from, uint64_t count) {
    for (uint64_t i = 0; i < count; i++)
        ((unsigned char *) to)[i] = ((const unsigned char *) from)[i] ^ 0x55;
}

static int read_secret (void *next, struct stele_request *r) {
    int result = stele_device_pread (next, r->data, r->count, r->offset);

    if (result == 0)
        change (r->data, r->data, r->count);
    return result;
}

static int write_secret (void *next, struct stele_request *r) {
    void *bytes = malloc (r->count);
    int result;

    if (!bytes)
        return -ENOMEM;
    change (bytes, r->payload, r->count);
    result = stele_device_pwrite (next, bytes, r->count, r->offset, r->flags);
    free (bytes);
    return result;
}

const struct stele_plugin stele_plugin = {
    STELE_PLUGIN,         .filter = true,         .may_block = true,
    .pread = read_secret, .pwrite = write_secret,
#ifdef PASSES
    .zero = stele_pass,   .extents = stele_pass,
#endif
};
