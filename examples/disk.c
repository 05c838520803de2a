/* SPDX-License-Identifier: BSD-3-Clause */
/* A disk of your own in C: bytes of memory.  What its clients may do at the same time they do.
 *
 *     stele ./disk.c size=100M --run 'nbdinfo "$uri"'
 */
#include <errno.h>
#include <inttypes.h>
#include <stele.h>
#include <stdlib.h>
#include <string.h>

static const struct stele_parameter parameters[] = {
    {.name = "size", .type = "size", .required = true, .doc = "virtual size of the disk"},
    {.name = NULL},
};

static uint64_t size;
static char *bytes;

static int get_ready (void) {
    size = stele_parameter_size ("size");
    bytes = calloc (1, size ? size : 1);
    return bytes ? 0 : stele_error (ENOMEM, "no memory for %" PRIu64 " bytes", size);
}

static int unload (void) {
    free (bytes);
    return 0;
}

static int64_t get_size (void *handle) {
    return size;
}

static int disk_pread (void *handle, struct stele_request *r) {
    memcpy (r->data, bytes + r->offset, r->count);
    return 0;
}

static int disk_pwrite (void *handle, struct stele_request *r) {
    memcpy (bytes + r->offset, r->payload, r->count);
    return 0;
}

const struct stele_plugin stele_plugin = {
    STELE_PLUGIN, .name = "disk", .parameters = parameters, .get_ready = get_ready,
    .unload = unload, .get_size = get_size, .pread = disk_pread, .pwrite = disk_pwrite,
};
