#if 0
exec stele cc "$0" "$@"
#endif
/* SPDX-License-Identifier: BSD-3-Clause */
/* A disk of bytes that C keeps: each client gets one of its own, gone when it leaves.
 * Shows parameters, a handle, and the callbacks that most disks want.
 *
 *     stele languages/cc/example.c 1M --run 'nbdinfo "$uri"'
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <stele.h>

static const struct stele_parameter parameters[] = {
    {"size", "size", .bare = true, .fallback = "1M", .doc = "virtual size of the disk"},
    {0},
};

static int open_disk (struct stele_device *next, bool readonly, void **handle,
                      struct stele_device **device) {
    stele_debug ("export %s readonly %d", stele_export_name (), readonly);
    *handle = calloc (1, stele_parameter_size ("size"));
    return *handle ? 0 : -ENOMEM;
}

static int close_disk (void *handle) {
    free (handle);
    return 0;
}

static int64_t size (void *handle) {
    return stele_parameter_size ("size");
}

static int no (void *handle) {
    return 0;
}

static int get (void *handle, struct stele_request *r) {
    memcpy (r->data, (char *) handle + r->offset, r->count);
    return 0;
}

static int put (void *handle, struct stele_request *r) {
    memcpy ((char *) handle + r->offset, r->payload, r->count);
    return 0;
}

static int zero (void *handle, struct stele_request *r) {
    memset ((char *) handle + r->offset, 0, r->count);
    return 0;
}

static int flush (void *handle, struct stele_request *r) {
    return 0;
}

const struct stele_plugin stele_plugin = {
    STELE_PLUGIN,
    .description = "a small disk for each client, kept in C",
    .parameters = parameters,
    .open = open_disk,
    .close = close_disk,
    .get_size = size,
    .can_multi_conn = no, /* each connection sees other bytes */
    .pread = get,
    .pwrite = put,
    .zero = zero,
    .flush = flush,
};
