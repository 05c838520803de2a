/* SPDX-License-Identifier: BSD-3-Clause */
/* wire.c: the NBD side of a server: its connections, and when all is over. */
#include "wire.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "door.h"

static void link_connection (struct wire *w, struct connection *c) {
    c->next = w->connections;
    c->link = &w->connections;
    if (c->next)
        c->next->link = &c->next;
    w->connections = c;
}

static void unlink_connection (struct connection *c) {
    *c->link = c->next;
    if (c->next)
        c->next->link = c->link;
}

/* One connection less.  Locked; once it is unlocked, wire_stop may have returned. */
static void uncount (struct wire *w) {
    w->count--;
    doors_wake (w);
    pthread_cond_broadcast (&w->changed);
}

static void connection_left (struct common *common, struct connection *c) {
    struct wire *w = container_of (common, struct wire, common);

    if (c->when_ended)
        c->when_ended (c->ended_of);
    pthread_mutex_lock (&w->lock);
    unlink_connection (c);
    c->next = w->unused;
    w->unused = c;
    uncount (w);
    pthread_mutex_unlock (&w->lock);
}

static struct connection *take_unused (struct wire *w) {
    struct connection *c;

    pthread_mutex_lock (&w->lock);
    if ((c = w->unused))
        w->unused = c->next;
    pthread_mutex_unlock (&w->lock);
    return c ? c : connection_new (&w->common);
}

/* A client has been counted; begin to serve it.  0 or -errno; the transport is taken over. */
int wire_admit (struct wire *w, struct transport *t, void (*when_ended) (void *), void *of) {
    struct connection *c = take_unused (w);

    if (!c) {
        t->type->close (t);
        pthread_mutex_lock (&w->lock);
        uncount (w);
        pthread_mutex_unlock (&w->lock);
        return -ENOMEM;
    }
    c->when_ended = when_ended;
    c->ended_of = of;
    pthread_mutex_lock (&w->lock);
    connection_init (c, t, ++w->number);
    if (w->is_stopping)
        atomic_fetch_or (&c->signals, SIGNAL_DROP);
    link_connection (w, c);
    pthread_mutex_unlock (&w->lock);
    pool_share (wire_pool (w), &c->task); /* what it begins with may wait */
    return 0;
}

int wire_serve (struct wire *w, int in, int out, void (*when_ended) (void *), void *of,
                struct error *error) {
    struct transport t;

    pthread_mutex_lock (&w->lock);
    w->count++;
    pthread_mutex_unlock (&w->lock);
    door_set_options (w, in);
    transport_open (&t, in, out);
    if (wire_admit (w, &t, when_ended, of) < 0)
        return error_set (error, ENOMEM, "serving a client: out of memory");
    return 0;
}

/* The whole */

static unsigned processors (void) {
    cpu_set_t set;

    return sched_getaffinity (0, sizeof set, &set) == 0 ? (unsigned) CPU_COUNT (&set) : 1;
}

struct wire *wire_new (const struct service *service, const struct wire_options *options) {
    /* Shelves are aligned to cache lines. */
    struct wire *w = aligned_alloc (alignof (struct wire), sizeof *w);
    pthread_condattr_t attr;

    if (!w)
        return NULL;
    memset (w, 0, sizeof *w);
    w->common.service = service;
    w->common.options = *options;
    w->common.crowd.processors = processors ();
    w->common.left = connection_left;
    w->rest.task.run = door_rest_is_over;
    pthread_mutex_init (&w->lock, NULL);
    pthread_condattr_init (&attr);
    pthread_condattr_setclock (&attr, CLOCK_MONOTONIC);
    pthread_cond_init (&w->changed, &attr);
    pthread_condattr_destroy (&attr);
    return w;
}

/* Locked. */
static void signal_all (struct wire *w, unsigned signals) {
    for (struct connection *c = w->connections; c; c = c->next)
        connection_signal (c, signals);
}

static bool is_over (const struct wire *w) {
    return w->count == 0 && w->open_doors == 0 && !w->is_resting;
}

/* Doors that were never started have no owner but the caller. */
static void close_unstarted (struct wire *w) {
    for (struct door *d = w->doors; d; d = d->next)
        if (!d->is_watched)
            door_close (d);
}

void wire_stop (struct wire *w, uint64_t grace_ns) {
    uint64_t deadline_ns = pool_clock_ns () + grace_ns;
    struct timespec deadline = {.tv_sec = (time_t) (deadline_ns / 1000000000u),
                                .tv_nsec = (long) (deadline_ns % 1000000000u)};
    bool was_stopping;

    pthread_mutex_lock (&w->lock);
    was_stopping = w->is_stopping;
    w->is_stopping = true;
    if (w->is_resting && pool_timer_cancel (wire_pool (w), &w->rest))
        w->is_resting = false;
    doors_wake (w);
    signal_all (w, SIGNAL_FINISH);
    pthread_mutex_unlock (&w->lock);
    if (!was_stopping)
        close_unstarted (w);
    pool_before_wait ();
    pthread_mutex_lock (&w->lock);
    while (!is_over (w) && pthread_cond_timedwait (&w->changed, &w->lock, &deadline) == 0)
        ;
    signal_all (w, SIGNAL_DROP);
    pthread_mutex_unlock (&w->lock);
    pool_before_wait ();
    pthread_mutex_lock (&w->lock);
    while (!is_over (w))
        pthread_cond_wait (&w->changed, &w->lock);
    pthread_mutex_unlock (&w->lock);
}

static void free_connection (struct task *task) {
    free (container_of (task, struct connection, task));
}

static void free_door (struct task *task) {
    free (container_of (task, struct door, task));
}

/* An event for it may still be on its way through the pool. */
static void free_at_end (struct wire *w, struct task *task, void (*run) (struct task *)) {
    task->run = run;
    if (wire_pool (w))
        pool_at_end (wire_pool (w), task);
    else
        run (task);
}

void wire_free (struct wire *w) {
    struct connection *c;
    struct door *d;

    if (!w)
        return;
    while ((c = w->unused)) {
        w->unused = c->next;
        free_at_end (w, &c->task, free_connection);
    }
    while ((d = w->doors)) {
        w->doors = d->next;
        free_at_end (w, &d->task, free_door);
    }
    slabs_clear (&w->common.slabs);
    shelf_clear (&w->common.commands, command_discard);
    pthread_cond_destroy (&w->changed);
    pthread_mutex_destroy (&w->lock);
    free (w);
}

unsigned wire_connections (struct wire *w) {
    unsigned n;

    pthread_mutex_lock (&w->lock);
    n = w->count;
    pthread_mutex_unlock (&w->lock);
    return n;
}
