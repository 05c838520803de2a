/* SPDX-License-Identifier: BSD-3-Clause */
/* warm.c: the shells that have read the script, and the calls that wait for them.
 *
 * There is one shell more than calls have run at once.  When the script's file has changed
 * they go, and new ones read it. */
#include "warm.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

static struct stamp stamp_of (const struct shell *s) {
    struct stat status;

    if (s->eval || stat (s->path, &status) < 0)
        return (struct stamp){0};
    return (struct stamp){status.st_mtim, status.st_size, status.st_ino};
}

static bool same_stamp (const struct stamp *a, const struct stamp *b) {
    return a->changed.tv_sec == b->changed.tv_sec && a->changed.tv_nsec == b->changed.tv_nsec &&
           a->size == b->size && a->number == b->number;
}

/* Locked.  The script was changed: shells that have read the old one go. */
static void renew (struct warm *warm, const struct stamp *stamp) {
    recipe_clear (&warm->recipe);
    warm->off = recipe_make (warm->shell, &warm->recipe) < 0;
    warm->stamp = *stamp;
}

/* Locked.  The last but one that became idle: it is as fresh in the processor's caches as can
 * be, and the last one is perhaps still making its subshell. */
static struct warm_shell *pop (struct warm *warm) {
    struct warm_shell **p = &warm->idle, *w;

    if (*p && (*p)->next)
        p = &(*p)->next;
    if ((w = *p))
        *p = w->next;
    return w;
}

/* Locked. */
static void push (struct warm *warm, struct warm_shell *w) {
    w->next = warm->idle;
    warm->idle = w;
}

/* It may be otherwise next time. */
static bool is_passing (int r) {
    return r == -EMFILE || r == -ENFILE || r == -ENOMEM || r == -EAGAIN || r == -ESHUTDOWN;
}

/* Locked.  One is idle beside the one that will be taken, or there can be no more. */
static void stock (struct warm *warm) {
    int r = 0;

    while (!warm->off && r == 0 && (!warm->idle || !warm->idle->next)) {
        struct warm_shell *w = NULL;
        if ((r = warm_shell_new (warm, &w)) == 0)
            push (warm, w);
        else
            warm->off = !is_passing (r);
    }
}

static void free_all (struct warm_shell *w) {
    while (w) {
        struct warm_shell *next = w->next;
        warm_shell_free (w, false);
        w = next;
    }
}

struct warm_shell *warm_take (struct warm *warm) {
    struct stamp now = stamp_of (warm->shell);
    struct warm_shell *w, *old = NULL;

    pthread_mutex_lock (&warm->lock);
    if (!same_stamp (&now, &warm->stamp)) {
        old = warm->idle;
        warm->idle = NULL;
        renew (warm, &now);
    }
    stock (warm);
    w = pop (warm);
    pthread_mutex_unlock (&warm->lock);
    free_all (old);
    return w;
}

struct warm_shell *warm_take_idle (struct warm *warm) {
    struct stamp now = stamp_of (warm->shell);
    struct warm_shell *w = NULL;

    pthread_mutex_lock (&warm->lock);
    if (warm->idle && warm->idle->next && same_stamp (&now, &warm->stamp))
        w = pop (warm);
    pthread_mutex_unlock (&warm->lock);
    return w;
}

void warm_give_back (struct warm *warm, struct warm_shell *w) {
    bool keep;

    pthread_mutex_lock (&warm->lock);
    keep = same_stamp (&w->stamp, &warm->stamp);
    if (keep)
        push (warm, w);
    pthread_mutex_unlock (&warm->lock);
    if (!keep)
        warm_shell_free (w, false);
}

int warm_run (struct warm *warm, struct run *run) {
    struct warm_shell *w = warm_take (warm);
    bool serves;
    int r;

    if (!w)
        return -EAGAIN;
    if ((r = warm_shell_say (w, run)) < 0) {
        warm_shell_free (w, true);
        return r;
    }
    r = warm_shell_settle (w, run, warm_shell_await (warm, w, run), &serves);
    if (serves)
        warm_give_back (warm, w);
    return r;
}

struct warm *warm_new (struct shell *s) {
    struct warm *warm = calloc (1, sizeof *warm);

    if (!warm)
        return NULL;
    pthread_mutex_init (&warm->lock, NULL);
    warm->shell = s;
    warm->pool = s->plugin->host->pool;
    warm->statuses.fd = -1;
    struct stamp stamp = stamp_of (s); /* before it is read */
    renew (warm, &stamp);
    if (!warm->off || !s->eval)
        return warm;
    warm_free (warm);
    return NULL;
}

static void end (struct task *task) {
    struct warm *warm = container_of (task, struct warm, at_end);

    process_close (&warm->statuses.fd);
    pthread_mutex_destroy (&warm->lock);
    free (warm);
}

/* An event or the clock may be on its way to what has been watched. */
void warm_free (struct warm *warm) {
    if (!warm)
        return;
    free_all (warm->idle);
    warm->idle = NULL;
    recipe_clear (&warm->recipe);
    warm->at_end.run = end;
    if (warm->statuses.fd >= 0)
        pool_at_end (warm->pool, &warm->at_end);
    else
        end (&warm->at_end);
}
