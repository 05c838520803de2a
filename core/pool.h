/* SPDX-License-Identifier: BSD-3-Clause */
/* pool.h: the threads, what wakes them, and the clock.
 *
 * A few threads wait on one epoll set.  Whichever is woken runs what is ready; when the
 * last waiting thread takes something the pool grows, up to its limit, so one is always
 * left to wait.  All functions may be called from any thread. */
#ifndef STELE_POOL_H
#define STELE_POOL_H

#include <stdbool.h>
#include <stdint.h>

#include "task.h"

struct pool;

/* A file descriptor that wakes the pool, edge-triggered: READY is called with epoll's
 * events by one thread for each edge, and perhaps by a second thread while the first is
 * still inside. */
struct source {
    int fd;
    void (*ready) (struct source *, uint32_t events);
};

/* Runs once at a time on the monotonic clock. */
struct timer {
    struct task task;     /* set task.run; what runs when the time has come */
    uint64_t when_ns;     /* private from here */
    unsigned place;       /* in the heap, from 1; 0 when not waiting */
};

/* At most MAX_THREADS threads; none are started before pool_start, so that a fork may
 * come between.  NULL when out of memory or descriptors. */
struct pool *pool_new (unsigned max_threads);
int pool_start (struct pool *); /* 0 or -errno */

/* Ends the threads when they have finished what they are running, waits for them, frees.
 * Tasks still queued and timers still waiting are run or dropped by nobody: their owners
 * must have finished with the pool. */
void pool_free (struct pool *);

int pool_watch (struct pool *, struct source *, uint32_t epoll_events); /* 0 or -errno */
int pool_rearm (struct pool *, struct source *, uint32_t epoll_events); /* after EPOLLONESHOT */
void pool_unwatch (struct pool *, struct source *); /* READY may still be running elsewhere */

/* Run TASK on some thread of the pool, soon, outside of everything that runs now. */
void pool_post (struct pool *, struct task *);

/* The same, by another thread where one is free: for work that may block. */
void pool_share (struct pool *, struct task *);

/* The same, for the last of several: this thread keeps it until it has finished what it runs
 * now, which costs less than waking another; given one more to keep, it shares the former. */
void pool_keep (struct pool *, struct task *);

/* Run the timer's task in DELAY_NS. */
void pool_timer (struct pool *, struct timer *, uint64_t delay_ns);

/* True: it was waiting, and will not run.  False: it has run, or is about to. */
bool pool_timer_cancel (struct pool *, struct timer *);

/* Run TASK in pool_free, when no thread is left.  For the memory of a source: an event may
 * be on its way to it even after pool_unwatch, so it is freed then (or used again). */
void pool_at_end (struct pool *, struct task *task);

/* May this thread go on with what it has done for a while?  True: another is left to wait, and
 * has been given what this one was going to run next. */
bool pool_may_go_on (struct pool *);

/* Before a thread waits for something that another thread must do: hand on what this
 * one was going to run next.  Harmless outside of the pool. */
void pool_before_wait (void);

unsigned pool_threads (struct pool *); /* how many there are now */
uint64_t pool_clock_ns (void);         /* the monotonic clock */

#endif
