/* SPDX-License-Identifier: BSD-3-Clause */
/* The n-th byte of the disk cannot be read for the n-th reason.  Other requests fail with
 * EIO, and a sentence that names them. */
#include "native.h"

static const struct {
    int number;
    const char *name;
} errors[] = {
    {EPERM, "EPERM"},     {EROFS, "EROFS"},         {EACCES, "EACCES"},
    {EIO, "EIO"},         {ENOMEM, "ENOMEM"},       {EINVAL, "EINVAL"},
    {ENOENT, "ENOENT"},   {EBUSY, "EBUSY"},         {EEXIST, "EEXIST"},
    {ERANGE, "ERANGE"},   {ENOSPC, "ENOSPC"},       {EDQUOT, "EDQUOT"},
    {EFBIG, "EFBIG"},     {ESHUTDOWN, "ESHUTDOWN"}, {ETIMEDOUT, "ETIMEDOUT"},
    {EDEADLK, "EDEADLK"},
};

enum { ERRORS = sizeof errors / sizeof errors[0] };

static int64_t size (void *handle) {
    (void) handle;
    return ERRORS + 1;
}

static int fail_read (void *handle, struct stele_request *r) {
    (void) handle;
    if (r->offset == ERRORS)
        return stele_error (EIO, "pread: this has no errno");
    return stele_request_error (r, errors[r->offset].number, "pread: this is %s",
                                errors[r->offset].name);
}

static int fail (void *handle, struct stele_request *r) {
    static const char *const sentences[] = {
        [STELE_PWRITE] = "pwrite: it cannot be written",
        [STELE_FLUSH] = "flush: it cannot be flushed",
        [STELE_TRIM] = "trim: it cannot be trimmed",
        [STELE_ZERO] = "zero: it cannot be zeroed",
        [STELE_EXTENTS] = "extents: its holes are unknown",
        [STELE_CACHE] = "cache: it cannot be cached",
    };

    (void) handle;
    return stele_error (EIO, "%s", sentences[r->work]);
}

const struct stele_plugin stele_plugin = {
    STELE_PLUGIN, .get_size = size, .pread = fail_read, .pwrite = fail, .flush = fail,
    .trim = fail, .zero = fail,     .extents = fail,    .cache = fail,
};
