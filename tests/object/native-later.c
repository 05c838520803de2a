/* SPDX-License-Identifier: BSD-3-Clause */
/* Every request is answered by a thread of the plugin's own, which asks a device in memory.
 * What begins at 512 KiB fails there. */
#include "native.h"

#include <pthread.h>

struct job {
    struct stele_request *request;
    struct job *next;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct job *jobs;
static bool ending;
static pthread_t thread;
static struct stele_device *disk;

static int add_extent (void *of, uint64_t offset, uint64_t length, uint32_t type) {
    int r = stele_extents_add (of, offset, length, type);

    return r < 0 ? r : 0;
}

static int work (struct stele_request *r) {
    if (r->work != STELE_FLUSH && r->offset == 512 << 10)
        return stele_request_error (r, ENOSPC, "the thread says no");
    switch (r->work) {
    case STELE_PREAD: return stele_device_pread (disk, r->data, r->count, r->offset);
    case STELE_PWRITE:
        return stele_device_pwrite (disk, r->payload, r->count, r->offset, r->flags);
    case STELE_FLUSH: return stele_device_flush (disk);
    case STELE_TRIM: return stele_device_trim (disk, r->count, r->offset, r->flags);
    case STELE_ZERO: return stele_device_zero (disk, r->count, r->offset, r->flags);
    case STELE_CACHE: return stele_device_cache (disk, r->count, r->offset);
    default: return stele_device_extents (disk, r->count, r->offset, add_extent, r);
    }
}

static void *run (void *of) {
    (void) of;
    pthread_mutex_lock (&lock);
    while (!ending || jobs) {
        struct job *job = jobs;
        if (!job) {
            pthread_cond_wait (&changed, &lock);
            continue;
        }
        jobs = job->next;
        pthread_mutex_unlock (&lock);
        stele_request_done (job->request, work (job->request));
        free (job);
        pthread_mutex_lock (&lock);
    }
    pthread_mutex_unlock (&lock);
    return NULL;
}

static int later (void *handle, struct stele_request *r) {
    struct job *job = malloc (sizeof *job);

    (void) handle;
    if (!job)
        return -ENOMEM;
    pthread_mutex_lock (&lock);
    *job = (struct job){r, jobs};
    jobs = job;
    pthread_cond_signal (&changed);
    pthread_mutex_unlock (&lock);
    return STELE_LATER;
}

static int get_ready (void) {
    disk = stele_construct ("ram", STELE_ARGUMENTS ({.name = "size", .number = 1 << 20}));
    return disk ? 0 : -EINVAL;
}

static int after_fork (void) {
    return -pthread_create (&thread, NULL, run, NULL);
}

static int cleanup (void) {
    pthread_mutex_lock (&lock);
    ending = true;
    pthread_cond_signal (&changed);
    pthread_mutex_unlock (&lock);
    pthread_join (thread, NULL);
    stele_device_unref (disk);
    return 0;
}

static int64_t size (void *handle) {
    (void) handle;
    return (int64_t) stele_device_get_size (disk);
}

const struct stele_plugin stele_plugin = {
    STELE_PLUGIN,     .get_ready = get_ready, .after_fork = after_fork, .cleanup = cleanup,
    .get_size = size, .pread = later,         .pwrite = later,          .flush = later,
    .trim = later,    .zero = later,          .extents = later,         .cache = later,
};
