/* SPDX-License-Identifier: BSD-3-Clause */
/* pool.c: the threads, what wakes them, and the clock.
 *
 * One epoll set holds the sources, an eventfd that says "look at the queue", and a
 * timerfd.  A worker runs its own list first, then the shared queue, then waits.  The lock
 * guards the queue, the heap and the list of threads, and is never held while a task or a
 * source runs. */
#include "pool.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "hostile.h"
#include "timers.h"

enum { STACK_SIZE = 512 << 10 }; /* bytes; a script's interpreter runs on it */
enum { TASKS_NS = 50000 };       /* after which a thread leaves the queue to others */

struct pool {
    int epoll;
    struct source wake, clock; /* the eventfd and the timerfd */
    unsigned max_threads;
    atomic_uint waiting; /* threads in epoll_wait, or on their way there */
    atomic_bool stopping;
    atomic_bool rung; /* somebody is on the way to the queue */

    pthread_mutex_t lock; /* guards what follows */
    struct task_queue queue, at_end;
    struct timers timers;
    uint64_t clock_ns; /* what the timerfd is set to; UINT64_MAX: nothing */
    unsigned n_threads;
    pthread_t *threads; /* room for max_threads */
};

/* A thread of a pool, and what it is going to run next. */
struct worker {
    struct pool *pool;
    struct task_queue own;
    struct task *kept; /* or NULL */
};

static _Thread_local struct worker *self; /* NULL outside of a pool */

uint64_t pool_clock_ns (void) {
    struct timespec t;

    clock_gettime (CLOCK_MONOTONIC, &t);
    return (uint64_t) t.tv_sec * 1000000000u + (uint64_t) t.tv_nsec;
}

static void wake_one (struct pool *p) {
    uint64_t one = 1;

    while (write (p->wake.fd, &one, sizeof one) < 0 && errno == EINTR)
        ;
}

/* There is a task.  One thread on its way is enough, for it finds all that was pushed before
 * it is there, and rings again for what it leaves. */
static void ring (struct pool *p) {
    if (!atomic_exchange (&p->rung, true))
        wake_one (p);
}

static void push_shared (struct pool *p, struct task *t) {
    pthread_mutex_lock (&p->lock);
    task_push (&p->queue, t);
    pthread_mutex_unlock (&p->lock);
    ring (p);
}

static struct task *pop_shared (struct pool *p) {
    struct task *t;
    bool more;

    pthread_mutex_lock (&p->lock);
    t = task_pop (&p->queue);
    more = p->queue.first;
    pthread_mutex_unlock (&p->lock);
    if (more)
        ring (p);
    return t;
}

void pool_post (struct pool *p, struct task *t) {
    if (self && self->pool == p)
        task_push (&self->own, t);
    else
        push_shared (p, t);
}

void pool_share (struct pool *p, struct task *t) {
    push_shared (p, t);
}

void pool_keep (struct pool *p, struct task *t) {
    struct task *kept = t;

    if (self && self->pool == p) {
        kept = self->kept;
        self->kept = t;
    }
    if (kept)
        push_shared (p, kept);
}

void pool_at_end (struct pool *p, struct task *t) {
    pthread_mutex_lock (&p->lock);
    task_push (&p->at_end, t);
    pthread_mutex_unlock (&p->lock);
}

void pool_before_wait (void) {
    struct task *t;

    if (!self)
        return;
    while ((t = task_pop (&self->own)))
        push_shared (self->pool, t);
    if ((t = self->kept))
        push_shared (self->pool, t);
    self->kept = NULL;
}

bool pool_may_go_on (struct pool *p) {
    if (atomic_load (&p->waiting) == 0)
        return false;
    pool_before_wait ();
    return true;
}

/* Set the timerfd to the soonest timer.  Locked. */
static void set_clock (struct pool *p) {
    struct timer *first = timers_first (&p->timers);
    uint64_t when = first ? first->when_ns : UINT64_MAX;
    struct itimerspec spec = {0};

    if (when >= p->clock_ns) /* it wakes soon enough, and is set again then */
        return;
    p->clock_ns = when;
    spec.it_value.tv_sec = (time_t) (when / 1000000000u);
    spec.it_value.tv_nsec = (long) (when % 1000000000u);
    timerfd_settime (p->clock.fd, TFD_TIMER_ABSTIME, &spec, NULL);
}

/* The clock has rung: run what is due. */
static void clock_ready (struct source *source, uint32_t events) {
    struct pool *p = container_of (source, struct pool, clock);
    uint64_t now = pool_clock_ns (), rings;
    struct task_queue due;
    struct task *t;

    (void) events;
    task_queue_init (&due);
    if (read (p->clock.fd, &rings, sizeof rings) < 0)
        return; /* another thread was here first */
    pthread_mutex_lock (&p->lock);
    p->clock_ns = UINT64_MAX;
    for (struct timer *first; (first = timers_first (&p->timers)) && first->when_ns <= now;) {
        timers_remove (&p->timers, first);
        task_push (&due, &first->task);
    }
    set_clock (p);
    pthread_mutex_unlock (&p->lock);
    while ((t = task_pop (&due)))
        pool_post (p, t);
}

void pool_timer (struct pool *p, struct timer *timer, uint64_t delay_ns) {
    uint64_t now = pool_clock_ns ();
    bool room;

    timer->when_ns = delay_ns < INT64_MAX - now ? now + delay_ns : INT64_MAX;
    pthread_mutex_lock (&p->lock);
    if ((room = timers_reserve (&p->timers))) {
        timers_add (&p->timers, timer);
        set_clock (p);
    }
    pthread_mutex_unlock (&p->lock);
    if (!room) { /* out of memory: too soon is better than never */
        timer->place = 0;
        pool_post (p, &timer->task);
    }
}

bool pool_timer_cancel (struct pool *p, struct timer *timer) {
    bool waiting;

    pthread_mutex_lock (&p->lock);
    waiting = timer->place != 0;
    if (waiting)
        timers_remove (&p->timers, timer);
    pthread_mutex_unlock (&p->lock);
    return waiting;
}

/* What may take long comes last. */
static struct task *pop_own (struct worker *w) {
    struct task *t = task_pop (&w->own);

    if (!t) {
        t = w->kept;
        w->kept = NULL;
    }
    return t;
}

static void run_own (struct worker *w) {
    for (struct task *t; (t = pop_own (w));)
        t->run (t);
}

static void wake_ready (struct source *source, uint32_t events) {
    struct pool *p = container_of (source, struct pool, wake);
    uint64_t end_ns = pool_clock_ns () + TASKS_NS;
    struct task *t;

    (void) events; /* edge-triggered: the eventfd's count is never read */
    atomic_store (&p->rung, false);
    while ((t = pop_shared (p))) { /* whoever leaves has rung for what was there then */
        t->run (t);
        run_own (self);
        if (pool_clock_ns () >= end_ns)
            return;
    }
}

static void *worker_main (void *of);

/* Somebody must always be left to wait. */
static void grow (struct pool *p) {
    pthread_attr_t attr;

    pthread_mutex_lock (&p->lock);
    if (p->n_threads < p->max_threads && !atomic_load (&p->stopping)) {
        pthread_attr_init (&attr);
        pthread_attr_setstacksize (&attr, STACK_SIZE);
        atomic_fetch_add (&p->waiting, 1);
        if (pthread_create (&p->threads[p->n_threads], &attr, worker_main, p) == 0)
            p->n_threads++;
        else
            atomic_fetch_sub (&p->waiting, 1); /* those that are there must do */
        pthread_attr_destroy (&attr);
    }
    pthread_mutex_unlock (&p->lock);
}

static void *worker_main (void *of) {
    struct pool *p = of;
    struct worker w = {.pool = p};

    task_queue_init (&w.own);
    self = &w;
    hostile_thread ();
    while (!atomic_load (&p->stopping)) {
        struct epoll_event event;
        int n = epoll_wait (p->epoll, &event, 1, -1);

        if (n <= 0)
            continue;
        if (atomic_fetch_sub (&p->waiting, 1) == 1)
            grow (p);
        if (!atomic_load (&p->stopping)) {
            struct source *source = event.data.ptr;
            source->ready (source, event.events);
            run_own (&w);
        }
        atomic_fetch_add (&p->waiting, 1);
    }
    wake_one (p); /* and so on to the last */
    self = NULL;
    return NULL;
}

static int watch (struct pool *p, int operation, struct source *s, uint32_t events) {
    struct epoll_event event = {.events = events, .data.ptr = s};

    return epoll_ctl (p->epoll, operation, s->fd, &event) < 0 ? -errno : 0;
}

int pool_watch (struct pool *p, struct source *s, uint32_t events) {
    return watch (p, EPOLL_CTL_ADD, s, events);
}

int pool_rearm (struct pool *p, struct source *s, uint32_t events) {
    return watch (p, EPOLL_CTL_MOD, s, events);
}

void pool_unwatch (struct pool *p, struct source *s) {
    watch (p, EPOLL_CTL_DEL, s, 0);
}

static void close_all (struct pool *p) {
    const int fds[] = {p->epoll, p->wake.fd, p->clock.fd};

    for (unsigned i = 0; i < 3; i++)
        if (fds[i] >= 0)
            close (fds[i]);
}

struct pool *pool_new (unsigned max_threads) {
    struct pool *p = calloc (1, sizeof *p);

    if (!p || !(p->threads = calloc (max_threads, sizeof *p->threads))) {
        free (p);
        return NULL;
    }
    p->epoll = epoll_create1 (EPOLL_CLOEXEC);
    p->wake = (struct source){eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK), wake_ready};
    p->clock = (struct source){timerfd_create (CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK),
                               clock_ready};
    p->max_threads = max_threads;
    p->clock_ns = UINT64_MAX;
    pthread_mutex_init (&p->lock, NULL);
    task_queue_init (&p->queue);
    task_queue_init (&p->at_end);
    if (p->epoll < 0 || p->wake.fd < 0 || p->clock.fd < 0 ||
        pool_watch (p, &p->wake, EPOLLIN | EPOLLET) < 0 ||
        pool_watch (p, &p->clock, EPOLLIN | EPOLLET) < 0) {
        close_all (p);
        free (p->threads);
        free (p);
        return NULL;
    }
    return p;
}

int pool_start (struct pool *p) {
    grow (p);
    return p->n_threads ? 0 : -EAGAIN;
}

void pool_free (struct pool *p) {
    if (!p)
        return;
    atomic_store (&p->stopping, true);
    wake_one (p);
    pthread_mutex_lock (&p->lock); /* a thread that is being made is in the list now */
    pthread_mutex_unlock (&p->lock);
    for (unsigned i = 0; i < p->n_threads; i++)
        pthread_join (p->threads[i], NULL);
    for (struct task *t; (t = task_pop (&p->at_end));)
        t->run (t);
    close_all (p);
    pthread_mutex_destroy (&p->lock);
    free (p->timers.heap);
    free (p->threads);
    free (p);
}

unsigned pool_threads (struct pool *p) {
    unsigned n;

    pthread_mutex_lock (&p->lock);
    n = p->n_threads;
    pthread_mutex_unlock (&p->lock);
    return n;
}
