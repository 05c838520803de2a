/* SPDX-License-Identifier: BSD-3-Clause */
/* watched.c: a descriptor whose events wake its owner, one at a time.
 *
 * `armed` may say 0 of one that is armed (an event came late), which costs a call; never
 * the other way round, which would be to sleep for ever. */
#include "watched.h"

#include <errno.h>
#include <sys/epoll.h>

int watched_begin (struct watched *w, struct pool *pool, uint32_t events) {
    int r;

    if (w->source.fd < 0)
        return 0;
    atomic_store (&w->armed, events);
    r = pool_watch (pool, &w->source, events | EPOLLONESHOT);
    w->is_watched = r == 0;
    return r == -EPERM ? 0 : r;
}

void watched_end (struct watched *w, struct pool *pool) {
    if (w->is_watched)
        pool_unwatch (pool, &w->source);
    w->is_watched = false;
}

void watched_disarm (struct watched *w) {
    atomic_store (&w->armed, 0);
}

void watched_rearm (struct watched *w, struct pool *pool, uint32_t events) {
    if (!w->is_watched || atomic_load (&w->armed) == events)
        return;
    atomic_store (&w->armed, events);
    pool_rearm (pool, &w->source, events | EPOLLONESHOT);
}
