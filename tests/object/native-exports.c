/* SPDX-License-Identifier: BSD-3-Clause */
/* A disk for each name; its bytes are the name. */
#include "native.h"

struct disk {
    const char *name;
    int64_t size;
    bool readonly;
};

static int list_exports (bool readonly, bool tls, struct stele_list *list) {
    (void) tls;
    if (stele_list_add (list, "one", "the first disk") < 0 ||
        stele_list_add (list, "two", readonly ? "read-only" : "writable") < 0)
        return -ENOMEM;
    return stele_list_add (list, "broken", NULL);
}

static int default_export (bool readonly, bool tls, char **name) {
    (void) readonly, (void) tls;
    *name = strdup ("one");
    return *name ? 0 : -ENOMEM;
}

static int open_disk (struct stele_device *next, bool readonly, void **handle,
                      struct stele_device **device) {
    static const struct disk disks[] = {
        {"", 1000, false}, {"one", 1000, false}, {"two", 2000, false}};
    struct disk *disk;

    (void) next, (void) device;
    for (size_t i = 0; i < sizeof disks / sizeof disks[0]; i++)
        if (strcmp (disks[i].name, stele_export_name ()) == 0) {
            if (!(disk = malloc (sizeof *disk)))
                return -ENOMEM;
            *disk = disks[i];
            disk->readonly = readonly;
            if (i == 0)
                disk->name = "one";
            *handle = disk;
            return 0;
        }
    return stele_error (ENOENT, "open: there is no disk '%s'", stele_export_name ());
}

static int close_disk (void *handle) {
    free (handle);
    return 0;
}

static int describe (void *handle, char **text) {
    const struct disk *disk = handle;

    return asprintf (text, "%s%s", disk->name, disk->readonly ? " for reading" : "") < 0
               ? -ENOMEM
               : 0;
}

static int64_t size (void *handle) {
    return ((struct disk *) handle)->size;
}

static int can_write (void *handle) {
    return strcmp (((struct disk *) handle)->name, "two") == 0;
}

static int read_name (void *handle, struct stele_request *r) {
    const struct disk *disk = handle;

    for (uint64_t i = 0; i < r->count; i++)
        ((char *) r->data)[i] = disk->name[i % strlen (disk->name)];
    return 0;
}

static int forget (void *handle, struct stele_request *r) {
    (void) handle, (void) r;
    return 0;
}

const struct stele_plugin stele_plugin = {
    STELE_PLUGIN,
    .list_exports = list_exports,
    .default_export = default_export,
    .open = open_disk,
    .close = close_disk,
    .get_size = size,
    .export_description = describe,
    .can_write = can_write,
    .pread = read_name,
    .pwrite = forget,
};
