/* SPDX-License-Identifier: BSD-3-Clause */
/* wire-toy.h: the server that the tests of the wire speak to: a toy disk that answers at once,
 * or later from another thread, or when it is told to, and a service that opens it; over a
 * socket, or one byte at a time. */
#ifndef WIRE_TOY_H
#define WIRE_TOY_H

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "pool.h"
#include "wire/door.h"
#include "wire/nbd.h"

#define CHECK(condition)                                                                       \
    do {                                                                                       \
        if (!(condition)) {                                                                    \
            printf ("not ok: %s: %s:%d: %s\n", test_name, __FILE__, __LINE__, #condition);     \
            exit (1);                                                                          \
        }                                                                                      \
    } while (0)

static const char *test_name = "";

enum { DISK_SIZE = 1 << 20, BROKEN_AT = 512 << 10, HOLE_END = 64 << 10 };
enum answer { AT_ONCE, LATER_ON, WHEN_TOLD };

/* The first 64K are a hole while nothing is written there; one byte in the middle cannot
 * be read. */
static struct toy {
    uint8_t disk[DISK_SIZE];
    _Atomic enum answer answer;
    atomic_bool is_written;
    atomic_int opens, closes, runs, cancelled;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct task_queue kept;
    bool is_over, is_told;
} toy;

static int toy_read (struct request *r) {
    uint64_t hole = r->offset < HOLE_END && !toy.is_written ? HOLE_END - r->offset : 0;

    if (r->offset <= BROKEN_AT && BROKEN_AT < r->offset + r->count) {
        r->error_at = true;
        r->error_offset = BROKEN_AT;
        return request_error (r, EIO, "the toy is broken here");
    }
    memcpy (r->data, toy.disk + r->offset, r->count);
    if (hole && hole < r->count)
        memset (r->data, 0xee, hole); /* whoever looks at a hole's bytes sees this */
    if (hole)
        request_hole (r, 0, hole < r->count ? hole : r->count);
    return 0;
}

static int toy_extents (struct request *r) {
    if (r->context) {
        CHECK (strcmp (r->context, "toy:colour") == 0);
        return extents_add (r->extents, 0, DISK_SIZE, 42) < 0 ? -EIO : 0;
    }
    if (extents_add (r->extents, 0, HOLE_END, EXTENT_HOLE | EXTENT_ZERO) < 0)
        return -EIO;
    return extents_add (r->extents, HOLE_END, DISK_SIZE - HOLE_END, 0) < 0 ? -EIO : 0;
}

static int toy_do (struct request *r) {
    toy.runs++;
    if (__atomic_load_n (&r->cancelled, __ATOMIC_RELAXED))
        toy.cancelled++;
    switch (r->work) {
    case WORK_pread: return toy_read (r);
    case WORK_pwrite: memcpy (toy.disk + r->offset, r->payload, r->count); return 0;
    case WORK_zero: memset (toy.disk + r->offset, 0, r->count); return 0;
    case WORK_extents: return toy_extents (r);
    default: return 0;
    }
}

static int toy_work (struct device *d, struct request *r) {
    (void) d;
    if (toy.answer == AT_ONCE)
        return toy_do (r);
    pthread_mutex_lock (&toy.lock);
    task_push (&toy.kept, &r->task);
    pthread_cond_broadcast (&toy.changed);
    pthread_mutex_unlock (&toy.lock);
    return LATER;
}

static void *toy_thread (void *of) {
    struct task *t;

    (void) of;
    pthread_mutex_lock (&toy.lock);
    while (!toy.is_over) {
        if ((toy.answer == WHEN_TOLD && !toy.is_told) || !(t = task_pop (&toy.kept))) {
            pthread_cond_wait (&toy.changed, &toy.lock);
            continue;
        }
        pthread_mutex_unlock (&toy.lock);
        struct request *r = container_of (t, struct request, task);
        request_done (r, toy_do (r));
        pthread_mutex_lock (&toy.lock);
    }
    pthread_mutex_unlock (&toy.lock);
    return NULL;
}

static void toy_tell (void) {
    pthread_mutex_lock (&toy.lock);
    toy.is_told = true;
    pthread_cond_broadcast (&toy.changed);
    pthread_mutex_unlock (&toy.lock);
}

static bool toy_may_write = true;

static int toy_facts (struct device *d, struct facts *f, struct error *e) {
    (void) d, (void) e;
    f->get_size = DISK_SIZE;
    f->can_write = toy_may_write;
    f->can_fua = SUPPORT_NATIVE;
    f->can_cache = SUPPORT_NATIVE;
    f->can_multi_conn = true;
    f->block_size = (struct block_size){1, 4096, 32 << 20};
    if (!(f->contexts = calloc (2, sizeof *f->contexts)))
        return -ENOMEM;
    f->contexts[0] = strdup ("toy:colour");
    return facts_describe (f, "a toy disk");
}

static void toy_close (struct device *d) {
    (void) d;
    toy.closes++;
}

static const struct device_type toy_type = {
    .name = "toy",
    .work = {[WORK_pread] = toy_work,
             [WORK_pwrite] = toy_work,
             [WORK_flush] = toy_work,
             [WORK_trim] = toy_work,
             [WORK_zero] = toy_work,
             [WORK_extents] = toy_work,
             [WORK_cache] = toy_work},
    .facts = toy_facts,
    .close = toy_close,
};

/* The service */

static struct host host = {.log = {.program = "test-wire", .to = LOG_TO_NULL}};

static struct device *service_open (void *of, const struct session *s, struct error *error) {
    struct device *d;

    (void) of;
    if (strcmp (s->export_name, "locked") == 0) {
        error_set (error, EACCES, "the export 'locked' is locked");
        return NULL;
    }
    if ((d = device_new (&toy_type, NULL, NULL, &host, error)))
        toy.opens++;
    return d;
}

static int service_list (void *of, const struct session *s, struct exports *list,
                         struct error *error) {
    int r = exports_add (list, "disk", "a toy disk", error);

    (void) of, (void) s;
    return r < 0 ? r : exports_add (list, "other", NULL, error);
}

static int service_default (void *of, const struct session *s, char **name, struct error *e) {
    (void) of, (void) s, (void) e;
    return (*name = strdup ("disk")) ? 0 : -ENOMEM;
}

static const struct service service = {.host = &host,
                                       .open = service_open,
                                       .list_exports = service_list,
                                       .default_export = service_default};

/* A transport that moves one byte at a time. */
static ssize_t drip_recvv (struct transport *t, const struct iovec *iov, int n) {
    while (n > 1 && iov->iov_len == 0)
        iov++, n--;
    return transport_socket.recvv (t, &(struct iovec){iov->iov_base, iov->iov_len > 0}, 1);
}

static ssize_t drip_sendv (struct transport *t, const struct iovec *iov, int n) {
    while (n > 1 && iov->iov_len == 0)
        iov++, n--;
    return transport_socket.sendv (t, &(struct iovec){iov->iov_base, iov->iov_len > 0}, 1);
}

static void drip_hangup (struct transport *t) {
    transport_socket.hangup (t);
}

static void drip_close (struct transport *t) {
    transport_socket.close (t);
}

static const struct transport_type drip = {
    .name = "drip",
    .recvv = drip_recvv,
    .sendv = drip_sendv,
    .hangup = drip_hangup,
    .close = drip_close,
    .can_look = true,
};
static bool is_dripping;

/* A large number; not quite so large where each byte is a system call. */
static uint32_t much (uint32_t n) {
    return is_dripping ? n / 32 : n;
}

/* The server under test. */
static struct wire *wire;

static void wire_begin (const struct wire_options *options) {
    struct wire_options o = options ? *options : (struct wire_options){0};

    if (!options)
        o.mask_handshake = 0xffff;
    CHECK ((wire = wire_new (&service, &o)));
    toy.opens = toy.closes = toy.runs = toy.cancelled = 0;
    pthread_mutex_lock (&toy.lock);
    toy.is_told = toy.is_written = false;
    pthread_mutex_unlock (&toy.lock);
    toy_may_write = true;
    for (unsigned i = 0; i < DISK_SIZE; i++)
        toy.disk[i] = (uint8_t) (i < HOLE_END ? 0 : i / 512 + 1);
}

static void wire_end (void) {
    wire_stop (wire, UINT64_C (5000000000));
    CHECK (wire_connections (wire) == 0);
    CHECK (toy.opens == toy.closes);
    wire_free (wire);
}

#endif
