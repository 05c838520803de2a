/* SPDX-License-Identifier: BSD-3-Clause */
/* messenger.c: each read has a thread of the plugin's own say something, and end the server. */
#define NBDKIT_API_VERSION 2
#include <nbdkit-plugin.h>

#include <pthread.h>
#include <string.h>

#define THREAD_MODEL NBDKIT_THREAD_MODEL_SERIALIZE_ALL_REQUESTS

static void *open_it (int readonly) {
    (void) readonly;
    return NBDKIT_HANDLE_NOT_NEEDED;
}

static int64_t get_size (void *h) {
    (void) h;
    return 512;
}

static void *run (void *of) {
    nbdkit_error ("a thread's message");
    nbdkit_shutdown ();
    return of;
}

static int pread_it (void *h, void *data, uint32_t count, uint64_t offset, uint32_t flags) {
    pthread_t thread;

    (void) h, (void) offset, (void) flags;
    memset (data, 0, count);
    if (pthread_create (&thread, NULL, run, NULL) != 0)
        return -1;
    pthread_join (thread, NULL);
    return 0;
}

static struct nbdkit_plugin plugin = {
    .name = "messenger",
    .open = open_it,
    .get_size = get_size,
    .pread = pread_it,
};
NBDKIT_REGISTER_PLUGIN (plugin)
