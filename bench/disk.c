/* SPDX-License-Identifier: BSD-3-Clause */
/* A small disk as a script in C, to the interface that both servers have:
 *
 *     stele cc bench/disk.c            nbdkit cc bench/disk.c
 */
#include <stdint.h>
#include <string.h>

#define NBDKIT_API_VERSION 2
#include <nbdkit-plugin.h>

#define THREAD_MODEL NBDKIT_THREAD_MODEL_PARALLEL

static char bytes[1 << 20];

static void *disk_open (int readonly) {
    return NBDKIT_HANDLE_NOT_NEEDED;
}

static int64_t disk_get_size (void *handle) {
    return sizeof bytes;
}

static int disk_pread (void *handle, void *data, uint32_t count, uint64_t offset,
                       uint32_t flags) {
    memcpy (data, bytes + offset, count);
    return 0;
}

static struct nbdkit_plugin plugin = {
    .name = "disk",
    .open = disk_open,
    .get_size = disk_get_size,
    .pread = disk_pread,
};

NBDKIT_REGISTER_PLUGIN (plugin)
