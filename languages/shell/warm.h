/* SPDX-License-Identifier: BSD-3-Clause */
/* warm.h: between the files that keep shells warm, and for nobody else.
 *
 *     warm ── idle ─────▶ shell ─▶ shell         they wait for calls
 *          └─ started ──▶ shell ─▶ shell         each runs a call that no thread waits for
 *
 * A shell is on one of the lists, or belongs to the thread that took it off. */
#ifndef STELE_SHELL_WARM_H
#define STELE_SHELL_WARM_H

#include <pthread.h>
#include <time.h>

#include "../../core/pool.h"
#include "shell.h"

/* Which text a shell has read. */
struct stamp {
    struct timespec changed;
    off_t size;
    ino_t number;
};

struct warm_shell {
    struct warm_shell *next;
    struct ends ends; /* end: the status */
    int memory;
    struct child child;
    struct stamp stamp;
    struct warm *warm;
    struct started *started; /* what it runs while it is on the list */
    uint64_t start_ns;
    bool is_watched; /* its status is one of warm->statuses */
    struct task task;
};

struct warm {
    struct shell *shell;
    struct pool *pool;
    struct source statuses;  /* an epoll set of them, watched; fd -1 until there is one */
    struct timer clock;      /* set while there are any started */
    struct task at_end;
    pthread_mutex_t lock;    /* guards what follows */
    struct warm_shell *idle; /* the last one first */
    struct warm_shell *started;
    bool clock_is_set;
    struct recipe recipe;
    struct stamp stamp; /* of the recipe */
    bool off;           /* the text as it is cannot be run so */
};

/* warm_shell.c: one of them.  A shell that has read the script; 0 or -errno. */
int warm_shell_new (struct warm *, struct warm_shell **made);

/* It sees the end of its input and goes; KILL: whatever it does. */
void warm_shell_free (struct warm_shell *, bool kill);

/* Hand the call to it.  -EAGAIN: nothing of it has begun. */
int warm_shell_say (struct warm_shell *, const struct run *);

/* Has the call ended?  0 with run->status, -EAGAIN no, -EPIPE the shell has gone. */
int warm_shell_status (struct warm_shell *, struct run *);

/* Wait for that.  0 with run->status, or -errno. */
int warm_shell_await (struct warm *, struct warm_shell *, struct run *);

/* After the end, R being 0 or what went wrong: *SERVES, or it is no more.  0 with run->status,
 * also where the call killed the shell; or -errno. */
int warm_shell_settle (struct warm_shell *, struct run *, int r, bool *serves);

/* warm.c: a shell that has read the script as it is now, started if need be; NULL: none.
 * Back with it, when it has served. */
struct warm_shell *warm_take (struct warm *);
struct warm_shell *warm_take_idle (struct warm *); /* without starting any */
void warm_give_back (struct warm *, struct warm_shell *);

#endif
