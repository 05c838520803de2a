/* SPDX-License-Identifier: BSD-3-Clause */
/* door.c: a listening socket, and who is let in. */
#include "door.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define REST_NS UINT64_C (100000000) /* when there are no descriptors left */

/* What a local socket holds of replies: as asked for, or as much as the system allows.  With
 * less, a batch is sent in parts with a sleep between them.  TCP finds its own measure. */
enum { SEND_BUFFER = 1 << 20 };

static const struct log *log_of (const struct wire *w) {
    return &w->common.service->host->log;
}

/* Somebody has left, or the rest is over: there may be room again.  */
void doors_wake (struct wire *w) {
    for (struct door *d = w->doors; d; d = d->next)
        if (turn_claim (&d->turn))
            pool_post (wire_pool (w), &d->task);
}

void door_set_options (const struct wire *w, int fd) {
    int one = 1, room = SEND_BUFFER, domain = 0;
    socklen_t size = sizeof domain;

    getsockopt (fd, SOL_SOCKET, SO_DOMAIN, &domain, &size);
    if (domain == AF_UNIX)
        setsockopt (fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one); /* fails where it is not TCP */
    if (w->common.options.keepalive)
        setsockopt (fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one);
}

void door_rest_is_over (struct task *task) {
    struct wire *w = container_of (task, struct wire, rest.task);

    pthread_mutex_lock (&w->lock);
    w->is_resting = false;
    doors_wake (w);
    pthread_cond_broadcast (&w->changed);
    pthread_mutex_unlock (&w->lock);
}

/* Mostly there are no descriptors: trying again at once would only spin.  Locked. */
static void take_a_rest (struct wire *w, int number) {
    if (!w->has_complained)
        log_error (log_of (w), "nbd", "accepting clients: %s", strerror (number));
    w->has_complained = true;
    w->is_resting = true;
    pool_timer (wire_pool (w), &w->rest, REST_NS);
}

/* The next client's socket, or -1: nobody more for now. */
static int accept_one (struct wire *w, int door) {
    const struct wire_options *o = &w->common.options;
    unsigned limit = o->one_at_a_time ? 1 : o->max_connections;
    int fd = -1;

    pthread_mutex_lock (&w->lock);
    while (!w->is_stopping && !w->is_resting && (limit == 0 || w->count < limit)) {
        fd = accept4 (door, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd >= 0) {
            w->count++;
            w->has_complained = false;
            break;
        }
        if (errno == ECONNABORTED || errno == EINTR || errno == EPROTO || errno == EPERM)
            continue; /* that client's misfortune */
        if (errno != EAGAIN)
            take_a_rest (w, errno);
        break;
    }
    pthread_mutex_unlock (&w->lock);
    return fd;
}

static bool door_is_over (struct wire *w) {
    bool is_over;

    pthread_mutex_lock (&w->lock);
    is_over = w->is_stopping;
    pthread_mutex_unlock (&w->lock);
    return is_over;
}

/* The turn is never let go of again. */
void door_close (struct door *d) {
    struct wire *w = d->wire;

    if (d->is_watched)
        pool_unwatch (wire_pool (w), &d->source);
    close (d->source.fd);
    pthread_mutex_lock (&w->lock);
    w->open_doors--;
    pthread_cond_broadcast (&w->changed);
    pthread_mutex_unlock (&w->lock);
}

static void door_work (struct task *task) {
    struct door *d = container_of (task, struct door, task);
    struct wire *w = d->wire;
    int fd;

    do {
        while ((fd = accept_one (w, d->source.fd)) >= 0) {
            struct transport t;
            door_set_options (w, fd);
            transport_open (&t, fd, fd);
            if (wire_admit (w, &t, NULL, NULL) < 0)
                log_error (log_of (w), "nbd", "a client was turned away: out of memory");
        }
        if (door_is_over (w)) {
            door_close (d);
            return;
        }
    } while (!turn_release (&d->turn));
}

static void door_ready (struct source *source, uint32_t events) {
    struct door *d = container_of (source, struct door, source);

    (void) events;
    if (turn_claim (&d->turn))
        door_work (&d->task);
}

int wire_listen (struct wire *w, int fd, struct error *error) {
    struct door *d = calloc (1, sizeof *d);
    int flags = fcntl (fd, F_GETFL);

    if (!d || flags < 0 || fcntl (fd, F_SETFL, flags | O_NONBLOCK) < 0) {
        int number = d ? errno : ENOMEM;
        free (d);
        close (fd);
        return error_set (error, number, "listening: %s", strerror (number));
    }
    d->source = (struct source){.fd = fd, .ready = door_ready};
    d->turn.state = TURN_OWNED; /* until wire_start */
    d->task.run = door_work;
    d->wire = w;
    d->next = w->doors;
    w->doors = d;
    w->open_doors++;
    return 0;
}

int wire_start (struct wire *w, struct error *error) {
    for (struct door *d = w->doors; d; d = d->next) {
        int r = pool_watch (wire_pool (w), &d->source, EPOLLIN | (uint32_t) EPOLLET);
        if (r < 0)
            return error_set (error, -r, "listening: %s", strerror (-r));
        d->is_watched = true;
        pool_post (wire_pool (w), &d->task);
    }
    return 0;
}
