/* SPDX-License-Identifier: BSD-3-Clause */
/* The LIFE rows, noted in the file "calls" in the order in which they come. */
#include "native.h"

#define NOTE(name)                                                                             \
    static int note_##name (void) {                                                            \
        note (#name);                                                                          \
        return 0;                                                                              \
    }

NOTE (load)
NOTE (config_complete)
NOTE (get_ready)
NOTE (after_fork)
NOTE (cleanup)
NOTE (unload)

static int config (const char *key, const char *value) {
    note ("config %s %s", key, value);
    return 0;
}

static int preconnect (bool readonly) {
    note ("preconnect %s", readonly ? "true" : "false");
    return 0;
}

static int open_export (struct stele_device *next, bool readonly, void **handle,
                        struct stele_device **device) {
    (void) next, (void) device;
    note ("open %s %s", stele_export_name (), readonly ? "true" : "false");
    *handle = strdup (stele_export_name ());
    return *handle ? 0 : -ENOMEM;
}

static int close_export (void *handle) {
    note ("close %s", (char *) handle);
    free (handle);
    return 0;
}

const struct stele_plugin stele_plugin = {
    STELE_PLUGIN,
    .load = note_load,
    .config = config,
    .config_complete = note_config_complete,
    .get_ready = note_get_ready,
    .after_fork = note_after_fork,
    .preconnect = preconnect,
    .open = open_export,
    .close = close_export,
    .cleanup = note_cleanup,
    .unload = note_unload,
    .get_size = one_megabyte,
    .pread = pread_x,
};
