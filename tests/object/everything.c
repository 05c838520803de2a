/* SPDX-License-Identifier: BSD-3-Clause */
/* everything.c: a disk in memory that defines every callback, and writes each call, with what it
 * was given, to the file that the environment names as RECORD. */
#define NBDKIT_API_VERSION 2
#include <nbdkit-plugin.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define THREAD_MODEL NBDKIT_THREAD_MODEL_PARALLEL

enum { SIZE = 1 << 20 };
static char disk[SIZE];
static int not_leaked;
int everything_debug_some_thing = -1;

static void record (const char *format, ...) {
    const char *path = getenv ("RECORD");
    FILE *file = path ? fopen (path, "a") : NULL;
    va_list args;

    if (!file)
        return;
    va_start (args, format);
    vfprintf (file, format, args);
    va_end (args);
    fputc ('\n', file);
    fclose (file);
}

static void say_load (void) { record ("load"); }
static void say_unload (void) { record ("unload"); }
static void say_dump (void) { printf ("everything_extra=%d\n", everything_debug_some_thing); }
static void say_cleanup (void) { record ("cleanup"); }

static int config (const char *key, const char *value) {
    record ("config %s=%s", key, value);
    if (strcmp (key, "refuse") == 0) {
        nbdkit_error ("%s: not today", value);
        return -1;
    }
    return 0;
}

static int config_complete (void) { record ("config_complete"); return 0; }
static int thread_model (void) { record ("thread_model"); return NBDKIT_THREAD_MODEL_SERIALIZE_REQUESTS; }
static int get_ready (void) { record ("get_ready"); return 0; }
static int after_fork (void) { record ("after_fork"); return 0; }
static int preconnect (int readonly) { record ("preconnect %d", readonly); return 0; }

static int list_exports (int readonly, int is_tls, struct nbdkit_exports *exports) {
    record ("list_exports %d %d", readonly, is_tls);
    return nbdkit_add_export (exports, "other", "another one") == -1 ? -1
                                                                    : nbdkit_use_default_export (exports);
}

static const char *default_export (int readonly, int is_tls) {
    record ("default_export %d %d", readonly, is_tls);
    return nbdkit_printf_intern ("the %s one", "usual");
}

static void *open_it (int readonly) {
    record ("open %d '%s'", readonly, nbdkit_export_name ());
    return &not_leaked;
}

static void close_it (void *h) { record ("close %d", h == &not_leaked); }
static int64_t get_size (void *h) { (void) h; return SIZE; }

static int block_size (void *h, uint32_t *minimum, uint32_t *preferred, uint32_t *maximum) {
    (void) h;
    *minimum = 1, *preferred = 512, *maximum = 65536;
    return 0;
}

static const char *export_description (void *h) {
    (void) h;
    return nbdkit_strndup_intern ("described at length", 9);
}

static int yes (void *h) { (void) h; return 7; }
static int no (void *h) { (void) h; return 0; }
static int native (void *h) { (void) h; return NBDKIT_FUA_NATIVE; }

static int pread (void *h, void *data, uint32_t count, uint64_t offset, uint32_t flags) {
    (void) h;
    record ("pread %u %u %u", (unsigned) count, (unsigned) offset, (unsigned) flags);
    memcpy (data, disk + offset, count);
    return 0;
}

static int pwrite (void *h, const void *data, uint32_t count, uint64_t offset, uint32_t flags) {
    (void) h;
    record ("pwrite %u %u %u", (unsigned) count, (unsigned) offset, (unsigned) flags);
    memcpy (disk + offset, data, count);
    return 0;
}

static int flush (void *h, uint32_t flags) {
    (void) h;
    record ("flush %u", (unsigned) flags);
    return 0;
}

static int trim (void *h, uint32_t count, uint64_t offset, uint32_t flags) {
    (void) h;
    record ("trim %u %u %u", (unsigned) count, (unsigned) offset, (unsigned) flags);
    return 0;
}

static int zero (void *h, uint32_t count, uint64_t offset, uint32_t flags) {
    (void) h;
    record ("zero %u %u %u", (unsigned) count, (unsigned) offset, (unsigned) flags);
    memset (disk + offset, 0, count);
    return 0;
}

static int extents (void *h, uint32_t count, uint64_t offset, uint32_t flags,
                    struct nbdkit_extents *list) {
    (void) h;
    record ("extents %u %u %u", (unsigned) count, (unsigned) offset, (unsigned) flags);
    if (nbdkit_add_extent (list, 0, 4096, 0) == -1 ||
        nbdkit_add_extent (list, 4096, 4096, NBDKIT_EXTENT_ZERO) == -1)
        return -1;
    return nbdkit_add_extent (list, 8192, SIZE - 8192, NBDKIT_EXTENT_HOLE | NBDKIT_EXTENT_ZERO);
}

static int cache (void *h, uint32_t count, uint64_t offset, uint32_t flags) {
    (void) h;
    record ("cache %u %u %u", (unsigned) count, (unsigned) offset, (unsigned) flags);
    return 0;
}

static struct nbdkit_plugin plugin = {
    .name = "everything",
    .longname = "a disk with everything",
    .version = "3.4",
    .description = "All that there is.",
    .load = say_load,
    .unload = say_unload,
    .config = config,
    .config_complete = config_complete,
    .config_help = "thing=<THING>   whatever you like",
    .open = open_it,
    .close = close_it,
    .get_size = get_size,
    .can_write = yes,
    .can_flush = yes,
    .is_rotational = yes,
    .can_trim = yes,
    .errno_is_preserved = 1,
    .dump_plugin = say_dump,
    .can_zero = yes,
    .can_fua = native,
    .pread = pread,
    .pwrite = pwrite,
    .flush = flush,
    .trim = trim,
    .zero = zero,
    .magic_config_key = "thing",
    .can_multi_conn = no,
    .can_extents = yes,
    .extents = extents,
    .can_cache = native,
    .cache = cache,
    .thread_model = thread_model,
    .can_fast_zero = yes,
    .preconnect = preconnect,
    .get_ready = get_ready,
    .after_fork = after_fork,
    .list_exports = list_exports,
    .default_export = default_export,
    .export_description = export_description,
    .cleanup = say_cleanup,
    .block_size = block_size,
};
NBDKIT_REGISTER_PLUGIN (plugin)
