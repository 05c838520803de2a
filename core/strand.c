/* SPDX-License-Identifier: BSD-3-Clause */
/* strand.c: what must not run in parallel.
 *
 *      IDLE ◀─▶ HELD      by one exchange each, as long as nobody else comes
 *        ▲       ▼
 *        └─ CONTENDED     a mutex guards the queues; it is never held while a task runs
 *
 * Whoever leaves a contended strand first runs what has queued up, then hands it to a
 * thread that waits in strand_lock, or, when that is a lot, to the pool. */
#include "strand.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "hostile.h"
#include "pool.h"

enum { ENOUGH = TINY (ENOUGH, 64) }; /* tasks that one thread runs for others before it goes on */

struct lock_waiter {
    struct task task; /* only its link */
    pthread_cond_t yours;
    bool given;
};

enum state { IDLE, HELD, CONTENDED };

struct strand {
    _Atomic enum state state;
    _Atomic (const void *) owner; /* who is inside; NULL while idle or being handed on */
    unsigned depth;               /* the owner's: it has entered so often */

    pthread_mutex_t lock; /* guards what follows, and leaving and making CONTENDED */
    bool busy;            /* while CONTENDED: somebody is inside, or about to be */
    bool shut;            /* it is CONTENDED for as long */
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

static const void *owner_of (const struct strand *s) {
    return atomic_load_explicit (&s->owner, memory_order_relaxed);
}

static void set_owner (struct strand *s, const void *owner) {
    atomic_store_explicit (&s->owner, owner, memory_order_relaxed);
}

static void become_owner (struct strand *s) {
    set_owner (s, &me);
    s->depth = 1;
}

static bool change (struct strand *s, enum state from, enum state to) {
    return atomic_compare_exchange_strong (&s->state, &from, to);
}

static void strand_work (struct strand *);

static void run_on_pool (struct task *task) {
    struct strand *s = container_of (task, struct strand, runner);

    become_owner (s);
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

static bool is_inside (struct strand *s) {
    enum state state;
    bool inside;

    pthread_mutex_lock (&s->lock);
    state = atomic_load (&s->state);
    inside = state == HELD || (state == CONTENDED && s->busy);
    pthread_mutex_unlock (&s->lock);
    return inside;
}

/* What the last one did inside may have told the caller that all is over: it is about to
 * leave. */
void strand_free (struct strand *s) {
    if (!s)
        return;
    while (is_inside (s))
        sched_yield ();
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
    set_owner (s, NULL);
    w->given = true;
    pthread_cond_signal (&w->yours);
    return true;
}

/* After `leave`.  True: somebody else sees to the strand, or nobody need.  False: the caller
 * is still its owner and enters again. */
static bool let_go (struct strand *s) {
    bool gone, post = false;

    pthread_mutex_lock (&s->lock);
    if (!(gone = hand_over (s)) && !more_work (s)) {
        gone = true;
        s->busy = false;
        set_owner (s, NULL);
        if (!s->shut)
            atomic_store (&s->state, IDLE);
    } else if (!gone && s->pool) {
        gone = post = true;
        set_owner (s, NULL);
    }
    pthread_mutex_unlock (&s->lock);
    if (post)
        pool_post (s->pool, &s->runner);
    return gone;
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
        if (let_go (s))
            return;
        s->enter (s->of);
    }
}

/* Whoever is inside finds, when leaving, that it was not alone.  Locked.  False: there was
 * nobody inside. */
static bool contend (struct strand *s) {
    s->busy = true;
    return change (s, HELD, CONTENDED) || atomic_load (&s->state) == CONTENDED;
}

/* Take it if it is idle (and not shut, unless FORCED).  Locked. */
static bool take (struct strand *s, bool forced) {
    bool contended = atomic_load (&s->state) == CONTENDED;

    while (!contended) {
        if (change (s, IDLE, HELD))
            return true;
        if (contend (s))
            return false;
    }
    if (s->busy || (s->shut && !forced))
        return false;
    s->busy = true;
    return true;
}

static bool enter_or_queue (struct strand *s, struct task *task, struct task_queue *queue,
                            bool forced) {
    if (owner_of (s) == &me) {
        s->depth++;
        return true;
    }
    if (!change (s, IDLE, HELD)) {
        pthread_mutex_lock (&s->lock);
        bool mine = take (s, forced);
        if (!mine && task)
            task_push (queue, task);
        pthread_mutex_unlock (&s->lock);
        if (!mine)
            return false;
    }
    become_owner (s);
    s->enter (s->of);
    return true;
}

bool strand_enter (struct strand *s, struct task *task) {
    return enter_or_queue (s, task, &s->queue, false);
}

void strand_leave (struct strand *s) {
    if (s->depth > 1) {
        s->depth--;
        return;
    }
    if (atomic_load_explicit (&s->state, memory_order_relaxed) == HELD) {
        s->leave (s->of);
        set_owner (s, NULL);
        if (change (s, HELD, IDLE))
            return;
        become_owner (s);
        if (let_go (s))
            return;
        s->enter (s->of);
    }
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

/* Wait in the row of those who want it.  Locked. */
static void wait_for_turn (struct strand *s) {
    struct lock_waiter w = {.yours = PTHREAD_COND_INITIALIZER};

    task_push (&s->lockers, &w.task);
    pthread_mutex_unlock (&s->lock);
    pool_before_wait ();
    pthread_mutex_lock (&s->lock);
    while (!w.given)
        pthread_cond_wait (&w.yours, &s->lock);
}

void strand_lock (struct strand *s) {
    if (owner_of (s) == &me) {
        s->depth++;
        return;
    }
    if (!change (s, IDLE, HELD)) {
        pthread_mutex_lock (&s->lock);
        if (!take (s, false))
            wait_for_turn (s);
        pthread_mutex_unlock (&s->lock);
    }
    become_owner (s);
    s->enter (s->of);
}

void strand_shut (struct strand *s) {
    pthread_mutex_lock (&s->lock);
    contend (s);
    s->shut = true;
    pthread_mutex_unlock (&s->lock);
}

void strand_open (struct strand *s) {
    pthread_mutex_lock (&s->lock);
    s->shut = false;
    pthread_mutex_unlock (&s->lock);
}
