/* SPDX-License-Identifier: BSD-3-Clause */
/* mistakes.c: a plugin with one mistake; which is chosen by -D when it is compiled. */
#define NBDKIT_API_VERSION 2
#include <nbdkit-plugin.h>

#include <stdlib.h>
#include <string.h>

static void *open_it (int readonly) {
    (void) readonly;
    return NBDKIT_HANDLE_NOT_NEEDED;
}

static int64_t get_size (void *h) {
    (void) h;
    return 512;
}

static int pread_it (void *h, void *data, uint32_t count, uint64_t offset, uint32_t flags) {
    (void) h, (void) offset, (void) flags;
    memset (data, 0, count);
    return 0;
}

static struct nbdkit_plugin plugin = {
#ifndef NO_NAME
#ifdef NAME
    .name = NAME,
#else
    .name = "mistakes",
#endif
#endif
#ifndef NO_OPEN
    .open = open_it,
#endif
#ifndef NO_GET_SIZE
    .get_size = get_size,
#endif
#ifndef NO_PREAD
    .pread = pread_it,
#endif
};

#ifdef CRASH_EARLY
__attribute__ ((constructor)) static void crash (void) {
    CRASH_EARLY;
}
#endif

#ifdef UNRESOLVED
extern void nobody_has_this (void);
void (*keep) (void) = nobody_has_this;
#endif

#ifdef SYMBOL
struct nbdkit_plugin *SYMBOL (void);
struct nbdkit_plugin *SYMBOL (void) {
#else
struct nbdkit_plugin *plugin_init (void);
struct nbdkit_plugin *plugin_init (void) {
#endif
#ifdef CRASH_LATE
    CRASH_LATE;
#endif
    plugin._struct_size = sizeof plugin;
    plugin._api_version = 2;
    plugin._thread_model = NBDKIT_THREAD_MODEL_PARALLEL;
#ifdef MISTAKE
    MISTAKE;
#endif
    (void) open_it, (void) get_size, (void) pread_it;
    return &plugin;
}
