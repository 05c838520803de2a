/* SPDX-License-Identifier: BSD-3-Clause */
/* started.c: calls that no thread waits for.
 *
 *     shell ── status ──▶ set of statuses ──▶ pool ──▶ a thread: all that have ended
 *
 * However many end at once, one thread is woken.  A call that is not over soon may print more
 * than a pipe holds, or hang: the clock hands it to a thread that listens.
 *
 * Who takes a shell off the list has it.  What the set tells is a hint, perhaps of a call that
 * somebody waited for, or of a shell that is no more: so the list is looked through first. */
#include "warm.h"

#include <errno.h>
#include <sys/epoll.h>

enum { AT_ONCE = 16 };
static const uint64_t soon_ns = UINT64_C (1000000) * SOON_MS;

/* Locked.  Take it off the list if its call has ended, with *RESULT.  False: it is not there, or
 * has not. */
static bool claim (struct warm *warm, const struct warm_shell *w, int *result) {
    struct warm_shell **p = &warm->started;

    while (*p && *p != w)
        p = &(*p)->next;
    if (!*p || (*result = warm_shell_status (*p, &(*p)->started->run)) == -EAGAIN)
        return false;
    *p = (*p)->next;
    return true;
}

/* R: what became of its call. */
static void finish (struct warm_shell *w, int r) {
    struct started *started = w->started;
    struct warm *warm = w->warm;
    bool serves;

    r = warm_shell_settle (w, &started->run, r, &serves);
    if (serves)
        warm_give_back (warm, w);
    started->ended (started, r);
}

static void perhaps_ended (struct warm *warm, struct warm_shell *w) {
    bool claimed;
    int r, too_much;

    pthread_mutex_lock (&warm->lock);
    claimed = claim (warm, w, &r);
    pthread_mutex_unlock (&warm->lock);
    if (!claimed)
        return;
    too_much = process_drain (&w->started->run, &w->ends);
    finish (w, too_much ? too_much : r);
}

static void statuses_ready (struct source *source, uint32_t events) {
    struct warm *warm = container_of (source, struct warm, statuses);
    struct epoll_event ready[AT_ONCE];
    int n;

    (void) events;
    while ((n = epoll_wait (source->fd, ready, AT_ONCE, 0)) > 0)
        for (int i = 0; i < n; i++)
            perhaps_ended (warm, ready[i].data.ptr);
    pool_rearm (warm->pool, source, EPOLLIN | EPOLLONESHOT);
}

static void listen_to (struct task *task) {
    struct warm_shell *w = container_of (task, struct warm_shell, task);

    finish (w, warm_shell_await (w->warm, w, &w->started->run));
}

/* Locked. */
static void set_clock (struct warm *warm) {
    if (!warm->started || warm->clock_is_set)
        return;
    warm->clock_is_set = true;
    pool_timer (warm->pool, &warm->clock, soon_ns);
}

static void clock_rings (struct task *task) {
    struct warm *warm = container_of (task, struct warm, clock.task);
    uint64_t now = pool_clock_ns ();
    struct warm_shell **p, *w;

    pthread_mutex_lock (&warm->lock);
    for (p = &warm->started; (w = *p);)
        if (now - w->start_ns < soon_ns) {
            p = &w->next;
        } else {
            *p = w->next;
            w->task.run = listen_to;
            pool_share (warm->pool, &w->task);
        }
    warm->clock_is_set = false;
    set_clock (warm);
    pthread_mutex_unlock (&warm->lock);
}

/* Locked.  False: it cannot be watched. */
static bool watch (struct warm *warm, struct warm_shell *w) {
    struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.ptr = w};

    if (w->is_watched)
        return true;
    if (warm->statuses.fd < 0) {
        warm->clock.task.run = clock_rings;
        warm->statuses.ready = statuses_ready;
        warm->statuses.fd = epoll_create1 (EPOLL_CLOEXEC);
        if (pool_watch (warm->pool, &warm->statuses, EPOLLIN | EPOLLONESHOT) < 0)
            process_close (&warm->statuses.fd);
    }
    w->is_watched = warm->statuses.fd >= 0 &&
                    epoll_ctl (warm->statuses.fd, EPOLL_CTL_ADD, w->ends.end, &event) == 0;
    return w->is_watched;
}

/* Locked, because the call may end before it is on the list.  False: nothing has begun. */
static bool start_by (struct warm *warm, struct warm_shell *w, struct started *started) {
    if (warm_shell_say (w, &started->run) < 0)
        return false;
    w->warm = warm;
    w->started = started;
    w->start_ns = pool_clock_ns ();
    w->next = warm->started;
    warm->started = w;
    set_clock (warm);
    return true;
}

int warm_start (struct warm *warm, struct started *started) {
    struct warm_shell *w;
    bool is_watched, has_begun;

    if (started->run.out_most > PIPE_HOLDS || !(w = warm_take_idle (warm)))
        return -EAGAIN;
    pthread_mutex_lock (&warm->lock);
    is_watched = watch (warm, w);
    has_begun = is_watched && start_by (warm, w, started);
    pthread_mutex_unlock (&warm->lock);
    if (!is_watched)
        warm_give_back (warm, w);
    else if (!has_begun)
        warm_shell_free (w, true);
    return has_begun ? LATER : -EAGAIN;
}
