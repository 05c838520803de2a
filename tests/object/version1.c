/* SPDX-License-Identifier: BSD-3-Clause */
/* version1.c: a disk whose requests are those of version 1, in memory.  What it is asked goes to
 * the log, with -v. */
#include <nbdkit-plugin.h>

#include <string.h>

#define THREAD_MODEL NBDKIT_THREAD_MODEL_SERIALIZE_ALL_REQUESTS

enum { SIZE = 65536 };
static char disk[SIZE];

static void *open_it (int readonly) {
    (void) readonly;
    return NBDKIT_HANDLE_NOT_NEEDED;
}

static int64_t get_size (void *h) {
    (void) h;
    return SIZE;
}

static int can_fua (void *h) {
    (void) h;
    return NBDKIT_FUA_NATIVE; /* which version 1 has no flag for */
}

static int pread (void *h, void *data, uint32_t count, uint64_t offset) {
    (void) h;
    memcpy (data, disk + offset, count);
    return 0;
}

static int pwrite (void *h, const void *data, uint32_t count, uint64_t offset) {
    (void) h;
    nbdkit_debug ("asked to pwrite %u", (unsigned) count);
    memcpy (disk + offset, data, count);
    return 0;
}

static int flush (void *h) {
    (void) h;
    nbdkit_debug ("asked to flush");
    return 0;
}

static int trim (void *h, uint32_t count, uint64_t offset) {
    (void) h;
    nbdkit_debug ("asked to trim %u at %u", (unsigned) count, (unsigned) offset);
    return 0;
}

static int zero (void *h, uint32_t count, uint64_t offset, int may_trim) {
    (void) h;
    nbdkit_debug ("asked to zero %u, may trim: %d", (unsigned) count, may_trim != 0);
    memset (disk + offset, 0, count);
    return 0;
}

static struct nbdkit_plugin plugin = {
    .name = "version1",
    .open = open_it,
    .get_size = get_size,
    .pread = pread,
    .pwrite = pwrite,
    .flush = flush,
    .trim = trim,
    .zero = zero,
    .can_fua = can_fua,
};
NBDKIT_REGISTER_PLUGIN (plugin)
