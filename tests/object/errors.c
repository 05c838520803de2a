/* SPDX-License-Identifier: BSD-3-Clause */
/* errors.c: requests fail in the way that their offset says.  With -DPRESERVED errno counts. */
#define NBDKIT_API_VERSION 2
#include <nbdkit-plugin.h>

#include <errno.h>
#include <string.h>

#define THREAD_MODEL NBDKIT_THREAD_MODEL_PARALLEL

enum { STEP = 4096, SIZE = 16 * STEP };

static void *open_it (int readonly) {
    (void) readonly;
    if (strcmp (nbdkit_export_name (), "closed") == 0) {
        nbdkit_error ("this one is closed");
        return NULL;
    }
    return NBDKIT_HANDLE_NOT_NEEDED;
}

static int64_t get_size (void *h) {
    (void) h;
    if (strcmp (nbdkit_export_name (), "boundless") == 0) {
        nbdkit_error ("nobody knows how large it is");
        return -1;
    }
    return strcmp (nbdkit_export_name (), "negative") == 0 ? -7 : SIZE;
}

static int can_fua (void *h) {
    (void) h;
    return strcmp (nbdkit_export_name (), "very safe") == 0 ? 3 : NBDKIT_FUA_NONE;
}

static int pread (void *h, void *data, uint32_t count, uint64_t offset, uint32_t flags) {
    (void) h, (void) flags;
    memset (data, 0, count);
    switch (offset / STEP) {
    case 0:
        nbdkit_error ("said and set");
        nbdkit_error ("said after that");
        nbdkit_set_error (ENOSPC);
        errno = EPERM;
        return -1;
    case 1:
        errno = ENOMEM;
        nbdkit_error ("errno was: %m");
        return -1;
    case 2: errno = 0; return -1;
    case 3: nbdkit_error ("said, and yet done"); return 0;
    default: return 0;
    }
}

static int pwrite (void *h, const void *data, uint32_t count, uint64_t offset, uint32_t flags) {
    (void) h, (void) data, (void) flags;
    nbdkit_debug ("asked to pwrite %u at %u", (unsigned) count, (unsigned) offset);
    return 0;
}

static int zero (void *h, uint32_t count, uint64_t offset, uint32_t flags) {
    (void) h, (void) count, (void) flags;
    nbdkit_set_error (offset == 0 ? EOPNOTSUPP : offset == STEP ? ENOTSUP : EIO);
    nbdkit_error ("no zeroes at %u", (unsigned) offset);
    return -1;
}

static int extents (void *h, uint32_t count, uint64_t offset, uint32_t flags,
                    struct nbdkit_extents *list) {
    (void) h, (void) count, (void) flags;
    switch (offset / STEP) {
    case 0: return nbdkit_add_extent (list, offset + 512, 512, 0);
    case 1: return 0;
    default: return nbdkit_add_extent (list, offset, STEP, 0xfffc | NBDKIT_EXTENT_ZERO);
    }
}

static struct nbdkit_plugin plugin = {
    .name = "errors",
    .open = open_it,
    .get_size = get_size,
    .can_fua = can_fua,
    .pread = pread,
    .pwrite = pwrite,
    .zero = zero,
    .extents = extents,
#ifdef PRESERVED
    .errno_is_preserved = 1,
#endif
};
NBDKIT_REGISTER_PLUGIN (plugin)
