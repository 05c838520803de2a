/* SPDX-License-Identifier: BSD-3-Clause */
/* strand.c: what must not run in parallel.
 *
 * A mutex guards the queue and the owner's name, and is never held while a task runs.
 * Whoever leaves the strand first runs what has queued up, then hands it to a thread that
 * waits in strand_lock, or, when that is a lot, to the pool. */
#include "strand.h"

#include <pthread.h>
#include <stdlib.h>

#include "pool.h"

enum { ENOUGH = 64 }; /* tasks that one thread runs for others before it goes on */

struct lock_waiter {
    struct task task; /* only its link */
    pthread_cond_t yours;
    bool given;
};

struct strand {
    pthread_mutex_t lock; /* guards what follows */
    const void *owner;    /* the thread that is inside; NULL while idle or being handed on */
    bool busy;
    bool shut;
    unsigned depth; /* the owner has entered so often */
    struct task_queue queue, resumed, lockers;

    struct task runner; /* takes the queue over on the pool */
    struct pool *pool;
    void (*enter) (void *), (*leave) (void *);
    void *of;
};

/* The address of this is the running thread's name. */
static _Thread_local char me;

static void nothing (void *of) {
    (void) of;
}

static void strand_work (struct strand *);

static void run_on_pool (struct task *task) {
    struct strand *s = container_of (task, struct strand, runner);

    pthread_mutex_lock (&s->lock);
    s->owner = &me;
    s->depth = 1;
    pthread_mutex_unlock (&s->lock);
    s->enter (s->of);
    strand_work (s);
}

struct strand *strand_new (struct pool *pool, void (*enter) (void *), void (*leave) (void *),
                           void *of) {
    struct strand *s = calloc (1, sizeof *s);

    if (!s)
        return NULL;
    pthread_mutex_init (&s->lock, NULL);
    task_queue_init (&s->queue);
    task_queue_init (&s->resumed);
    task_queue_init (&s->lockers);
    s->runner.run = run_on_pool;
    s->pool = pool;
    s->enter = enter ? enter : nothing;
    s->leave = leave ? leave : nothing;
    s->of = of;
    return s;
}

void strand_free (struct strand *s) {
    if (!s)
        return;
    pthread_mutex_lock (&s->lock); /* whoever was the last to leave has let go of it */
    pthread_mutex_unlock (&s->lock);
    pthread_mutex_destroy (&s->lock);
    free (s);
}

/* The next task that may run, or NULL.  Locked. */
static struct task *next_task (struct strand *s) {
    if (s->resumed.first)
        return task_pop (&s->resumed);
    if (s->shut || s->lockers.first) /* a waiting thread comes first */
        return NULL;
    return task_pop (&s->queue);
}

/* Is there anything that somebody ought to run?  Locked. */
static bool more_work (const struct strand *s) {
    return s->resumed.first || (!s->shut && s->queue.first);
}

/* Give the strand to a thread that waits for it.  Locked. */
static bool hand_over (struct strand *s) {
    struct task *t = s->shut || s->resumed.first ? NULL : task_pop (&s->lockers);
    struct lock_waiter *w;

    if (!t)
        return false;
    w = container_of (t, struct lock_waiter, task);
    s->owner = NULL;
    w->given = true;
    pthread_cond_signal (&w->yours);
    return true;
}

/* Run what has queued up, and let go of the strand.  The caller is inside, once. */
static void strand_work (struct strand *s) {
    for (unsigned ran = 0;;) {
        struct task *t;

        pthread_mutex_lock (&s->lock);
        t = ran < ENOUGH || !s->pool ? next_task (s) : NULL;
        pthread_mutex_unlock (&s->lock);
        if (t) {
            t->run (t);
            ran++;
            continue;
        }
        s->leave (s->of);
        pthread_mutex_lock (&s->lock);
        if (hand_over (s)) {
            pthread_mutex_unlock (&s->lock);
            return;
        }
        if (!more_work (s)) {
            s->busy = false;
            s->owner = NULL;
            pthread_mutex_unlock (&s->lock);
            return;
        }
        if (s->pool) {
            s->owner = NULL;
            pthread_mutex_unlock (&s->lock);
            pool_post (s->pool, &s->runner);
            return;
        }
        pthread_mutex_unlock (&s->lock);
        s->enter (s->of);
    }
}

/* Take it if it is idle (and not shut, unless FORCED), or this thread's already.  Locked. */
static bool take (struct strand *s, bool forced) {
    if (s->owner == &me) {
        s->depth++;
        return true;
    }
    if (s->busy || (s->shut && !forced))
        return false;
    s->busy = true;
    s->owner = &me;
    s->depth = 1;
    return true;
}

static bool enter_or_queue (struct strand *s, struct task *task, struct task_queue *queue,
                            bool forced) {
    bool mine, first;

    pthread_mutex_lock (&s->lock);
    mine = take (s, forced);
    first = mine && s->depth == 1;
    if (!mine && task)
        task_push (queue, task);
    pthread_mutex_unlock (&s->lock);
    if (first)
        s->enter (s->of);
    return mine;
}

bool strand_enter (struct strand *s, struct task *task) {
    return enter_or_queue (s, task, &s->queue, false);
}

void strand_leave (struct strand *s) {
    bool last;

    pthread_mutex_lock (&s->lock);
    last = s->depth == 1;
    if (!last)
        s->depth--;
    pthread_mutex_unlock (&s->lock);
    if (last)
        strand_work (s);
}

void strand_run (struct strand *s, struct task *task) {
    if (strand_enter (s, task)) {
        task->run (task);
        strand_leave (s);
    }
}

void strand_resume (struct strand *s, struct task *task) {
    if (enter_or_queue (s, task, &s->resumed, true)) {
        task->run (task);
        strand_leave (s);
    }
}

void strand_lock (struct strand *s) {
    struct lock_waiter w = {.yours = PTHREAD_COND_INITIALIZER};
    bool first;

    pthread_mutex_lock (&s->lock);
    if (!take (s, false)) {
        task_push (&s->lockers, &w.task);
        pthread_mutex_unlock (&s->lock);
        pool_before_wait ();
        pthread_mutex_lock (&s->lock);
        while (!w.given)
            pthread_cond_wait (&w.yours, &s->lock);
        s->owner = &me;
        s->depth = 1;
    }
    first = s->depth == 1;
    pthread_mutex_unlock (&s->lock);
    if (first)
        s->enter (s->of);
}

void strand_shut (struct strand *s) {
    pthread_mutex_lock (&s->lock);
    s->shut = true;
    pthread_mutex_unlock (&s->lock);
}

void strand_open (struct strand *s) {
    pthread_mutex_lock (&s->lock);
    s->shut = false;
    pthread_mutex_unlock (&s->lock);
}
