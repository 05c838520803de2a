/* SPDX-License-Identifier: BSD-3-Clause */
/* warm.c: shells that have read the script and wait for calls.
 *
 *     server ─ in ──▶ subshell          a line: the call
 *            ◀─ out, err ─ subshell     what it prints
 *            ─ memory ─▶ subshell       what a pwrite writes
 *            ◀─ status ─ shell          the subshell's exit status: the call has ended
 *
 * A call is one fork of a small process, without an exec, and the fork is made before the
 * call comes: a subshell waits for it, runs it, and is no more, so it cannot touch the
 * next.  A shell serves one call at a time; there is one more than calls have run at once.
 * When the status has come all that the call printed is in the pipes already.  What hangs or
 * dies takes its shell with it. */
#include "shell.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

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
};

struct warm {
    struct shell *shell;
    pthread_mutex_t lock;    /* guards what follows */
    struct warm_shell *idle; /* the last one first */
    struct recipe recipe;
    struct stamp stamp; /* of the recipe */
    bool off;           /* the text as it is cannot be run so */
};

enum { MEMORY_KEPT = 1 << 20, STALE_READS = 16 };

/* A shell's descriptors; 0 is where calls come from.  It prints to the status, its subshells
 * to where their output belongs. */
enum { STATUS_FD = 1, ERR_FD, OUT_FD, MEMORY_FD, NULL_FD, FDS };

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

static void close_ends (struct warm_shell *w) {
    process_close (&w->ends.in);
    process_close (&w->ends.out);
    process_close (&w->ends.err);
    process_close (&w->ends.end);
    process_close (&w->memory);
}

/* It sees the end of its input and goes; KILL: whatever it does. */
static void warm_shell_free (struct warm_shell *w, bool kill) {
    int status;

    if (kill)
        process_kill (&w->child);
    close_ends (w);
    process_reap (&w->child, &status);
    free (w);
}

/* The shell and the pipes to it. */
static int start (struct warm *warm, struct warm_shell *w) {
    int in[2] = {-1, -1}, out[2] = {-1, -1}, err[2] = {-1, -1}, status[2] = {-1, -1};
    const struct shell *s = warm->shell;
    char *argv[] = {warm->recipe.shell, "-c", warm->recipe.driver, s->eval ? "eval" : s->path,
                    NULL};
    int nothing = process_null (), r = nothing < 0 ? nothing : process_pipe (in, 1);

    if (r == 0)
        r = process_pipe (out, 0);
    if (r == 0)
        r = process_pipe (err, 0);
    if (r == 0)
        r = process_pipe (status, 0);
    if (r == 0)
        r = process_start (&w->child, argv, s->environment,
                           (int[]){in[0], [STATUS_FD] = status[1], [ERR_FD] = err[1],
                                   [OUT_FD] = out[1], [MEMORY_FD] = w->memory,
                                   [NULL_FD] = nothing},
                           FDS);
    process_close (&nothing);
    process_close (&in[0]);
    process_close (&out[1]);
    process_close (&err[1]);
    process_close (&status[1]);
    w->ends = (struct ends){.in = in[1], .out = out[0], .err = err[0], .end = status[0]};
    return r;
}

static int fill_memory (int fd, const void *data, size_t size) {
    const char *from = data;

    if (ftruncate (fd, (off_t) size) < 0)
        return -errno;
    for (size_t done = 0; done < size;) {
        ssize_t n = pwrite (fd, from + done, size - done, (off_t) done);
        if (n < 0 && errno != EINTR)
            return -errno;
        if (n > 0)
            done += (size_t) n;
    }
    return 0;
}

/* Wait for the status line.  0 with run->status; -EPIPE: the shell has gone. */
static int await (const struct warm *warm, struct warm_shell *w, struct run *run) {
    int in = w->ends.in, r;
    char line[16];
    ssize_t n;

    w->ends.in = -1; /* it has been said all */
    r = process_listen (warm->shell->plugin->host, run, &w->ends);
    w->ends.in = in;
    if (r < 0)
        return r;
    n = w->ends.end >= 0 ? read (w->ends.end, line, sizeof line - 1) : 0;
    if (n <= 1 || line[n - 1] != '\n')
        return -EPIPE;
    line[n] = '\0';
    run->status = (int) strtoul (line, NULL, 10) << 8; /* as waitpid would tell it */
    return 0;
}

/* Its first status line says that it has read the script. */
static int await_ready (const struct warm *warm, struct warm_shell *w) {
    const struct plugin *p = warm->shell->plugin;
    struct run run = {.out_most = ERROR_TEXT_MAX};
    int r = await (warm, w, &run);

    if (r < 0)
        log_debug (&p->host->log, p->name,
                   "%s cannot keep the script, so each call starts it: %.*s",
                   warm->recipe.shell, (int) run.err_size, run.err);
    free (run.out);
    return r;
}

/* A shell that has read the script.  0 or -errno. */
static int warm_shell_new (struct warm *warm, struct warm_shell **made) {
    struct warm_shell *w = calloc (1, sizeof *w);
    int r;

    if (!w)
        return -ENOMEM;
    w->ends = (struct ends){-1, -1, -1, -1};
    w->stamp = warm->stamp;
    r = w->memory = process_memory ();
    if (r >= 0)
        r = fill_memory (w->memory, warm->recipe.definitions, warm->recipe.size);
    if (r >= 0)
        r = start (warm, w);
    if (r < 0) {
        close_ends (w);
        free (w);
    } else if ((r = await_ready (warm, w)) < 0) {
        warm_shell_free (w, true);
    } else {
        code_keep (&w->child);
        *made = w;
    }
    return r;
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

/* A shell that has read the script as it is now.  NULL: none. */
static struct warm_shell *take (struct warm *warm) {
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

static void give_back (struct warm *warm, struct warm_shell *w) {
    bool keep;

    pthread_mutex_lock (&warm->lock);
    keep = same_stamp (&w->stamp, &warm->stamp);
    if (keep)
        push (warm, w);
    pthread_mutex_unlock (&warm->lock);
    if (!keep)
        warm_shell_free (w, false);
}

/* What somebody printed after an earlier call had ended is nobody's.  There may be no end of
 * it: no more than a pipe holds is taken. */
static void forget_stale (const struct warm_shell *w) {
    const int fds[] = {w->ends.out, w->ends.err};
    char rest[4096];

    for (size_t i = 0; i < sizeof fds / sizeof fds[0]; i++)
        for (int n = 0; n < STALE_READS && read (fds[i], rest, sizeof rest) > 0; n++)
            ;
}

/* Hand the call to the shell.  -EAGAIN: nothing of it has begun. */
static int say (struct warm_shell *w, const struct run *run) {
    size_t size;
    char *line;
    ssize_t n;

    forget_stale (w);
    if (run->input && fill_memory (w->memory, run->input, run->input_size) < 0)
        return -EAGAIN;
    if (!(line = words_format (run->input, run->words, &size)))
        return -EAGAIN;
    n = write (w->ends.in, line, size); /* more than a pipe holds starts the script instead */
    free (line);
    return n == (ssize_t) size ? 0 : -EAGAIN;
}

/* The shell itself has died, perhaps of what the call did. */
static int has_gone (struct warm_shell *w, struct run *run) {
    int status;

    process_kill (&w->child);
    process_reap (&w->child, &status);
    run->status = WIFEXITED (status) && WEXITSTATUS (status) == 0 ? 1 << 8 : status;
    close_ends (w);
    free (w);
    return 0;
}

int warm_run (struct warm *warm, struct run *run) {
    struct warm_shell *w = take (warm);
    int r;

    if (!w)
        return -EAGAIN;
    if ((r = say (w, run)) < 0) {
        warm_shell_free (w, true);
        return r;
    }
    r = await (warm, w, run);
    if (r == -EPIPE)
        return has_gone (w, run);
    if (r < 0 || w->ends.out < 0 || w->ends.err < 0) {
        warm_shell_free (w, true);
        return r;
    }
    if (run->input_size > MEMORY_KEPT && ftruncate (w->memory, 0) < 0)
        warm_shell_free (w, true);
    else
        give_back (warm, w);
    return 0;
}

struct warm *warm_new (struct shell *s) {
    struct warm *warm = calloc (1, sizeof *warm);

    if (!warm)
        return NULL;
    pthread_mutex_init (&warm->lock, NULL);
    warm->shell = s;
    struct stamp stamp = stamp_of (s); /* before it is read */
    renew (warm, &stamp);
    if (!warm->off || !s->eval)
        return warm;
    warm_free (warm);
    return NULL;
}

void warm_free (struct warm *warm) {
    if (!warm)
        return;
    free_all (warm->idle);
    recipe_clear (&warm->recipe);
    pthread_mutex_destroy (&warm->lock);
    free (warm);
}
