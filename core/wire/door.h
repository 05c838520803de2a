/* SPDX-License-Identifier: BSD-3-Clause */
/* door.h: a listening socket, and who is let in.
 *
 * Like a connection it has a turn, so one thread at a time accepts from it.  When no more
 * clients may be had, or there are no descriptors, it just stops; whoever makes room wakes
 * all doors.
 *
 * Here is also struct wire, which its two files share.  The lock guards the lists and the
 * counts, and nothing that could wait is done under it. */
#ifndef STELE_DOOR_H
#define STELE_DOOR_H

#include <pthread.h>

#include "connection.h"

struct door {
    struct source source;
    struct turn turn;
    struct task task;
    struct wire *wire;
    struct door *next;
    bool is_watched;
};

struct wire {
    struct common common;
    struct door *doors;   /* all there ever are; does not change once started */
    struct timer rest;    /* from having no descriptors */
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t changed;
    struct connection *connections; /* those that serve somebody */
    struct connection *unused;
    uint64_t number; /* of the last connection */
    unsigned count;  /* of connections */
    unsigned open_doors;
    bool is_stopping, is_resting;
    bool has_complained; /* of having no descriptors, since one was to be had */
};

static inline struct pool *wire_pool (const struct wire *w) {
    return w->common.service->host->pool;
}

/* Begin to serve a client that has been counted.  0 or -ENOMEM; the transport is taken
 * over. */
int wire_admit (struct wire *, struct transport *, void (*when_ended) (void *), void *of);

/* What all sockets of clients get. */
void door_set_options (const struct wire *, int fd);

void door_rest_is_over (struct task *); /* wire's rest.task */
void doors_wake (struct wire *);        /* locked */
void door_close (struct door *);        /* for the owner of its turn, which it keeps */

#endif
