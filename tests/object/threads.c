/* SPDX-License-Identifier: BSD-3-Clause */
/* threads.c: a disk that knows how many of its calls run at the same time.
 *
 * With -DMEET a read at 0 waits for a read at 512, so both are done only if they run at the same
 * time.  Else calls that should not overlap and do are counted, and the count is what is read. */
#define NBDKIT_API_VERSION 2
#include <nbdkit-plugin.h>

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#ifndef THREAD_MODEL
#define THREAD_MODEL NBDKIT_THREAD_MODEL_PARALLEL
#endif

static int overlaps;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int arrived;

static void *open_it (int readonly) {
    (void) readonly;
    return calloc (1, sizeof (int)); /* how many are inside of this handle */
}

static void close_it (void *h) {
    free (h);
}

static int64_t get_size (void *h) {
    (void) h;
    return 1024;
}

static int yes (void *h) {
    (void) h;
    return 1;
}

#ifdef CHOSEN
static int thread_model (void) {
    return CHOSEN;
}
#endif

static int *count_of (void *h) {
    static int inside;
#ifdef BY_HANDLE
    return h ? h : &inside;
#else
    return h ? &inside : NULL;
#endif
}

static void meet (void) {
    pthread_mutex_lock (&lock);
    arrived++;
    pthread_cond_broadcast (&changed);
    while (arrived < 2)
        pthread_cond_wait (&changed, &lock);
    pthread_mutex_unlock (&lock);
}

static int pread_it (void *h, void *data, uint32_t count, uint64_t offset, uint32_t flags) {
    int i;

    (void) offset, (void) flags;
#ifdef MEET
    meet ();
#else
    (void) meet;
#endif
    if (__atomic_add_fetch (count_of (h), 1, __ATOMIC_SEQ_CST) > 1)
        __atomic_add_fetch (&overlaps, 1, __ATOMIC_SEQ_CST);
    for (i = 0; i < 100; i++)
        sched_yield ();
    __atomic_sub_fetch (count_of (h), 1, __ATOMIC_SEQ_CST);
    memset (data, __atomic_load_n (&overlaps, __ATOMIC_SEQ_CST) ? '1' : '0', count);
    return 0;
}

static struct nbdkit_plugin plugin = {
    .name = "threads",
    .open = open_it,
    .close = close_it,
    .get_size = get_size,
    .can_multi_conn = yes,
    .pread = pread_it,
#ifdef CHOSEN
    .thread_model = thread_model,
#endif
};
NBDKIT_REGISTER_PLUGIN (plugin)
