/* SPDX-License-Identifier: BSD-3-Clause */
/* warm_shell.c: one shell that has read the script and waits for calls.
 *
 *     server ─ in ──▶ subshell          a line: the call
 *            ◀─ out, err ─ subshell     what it prints
 *            ─ memory ─▶ subshell       what a pwrite writes
 *            ◀─ status ─ shell          the subshell's exit status: the call has ended
 *
 * A call is one fork of a small process, without an exec, and the fork is made before the
 * call comes: a subshell waits for it, runs it, and is no more, so it cannot touch the
 * next.  A shell serves one call at a time.  When the status has come all that the call
 * printed is in the pipes already.  What hangs or dies takes its shell with it. */
#include "warm.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MEMORY_KEPT = 1 << 20, STALE_READS = 16 };

/* A shell's descriptors; 0 is where calls come from.  It prints to the status, its subshells
 * to where their output belongs. */
enum { STATUS_FD = 1, ERR_FD, OUT_FD, MEMORY_FD, NULL_FD, FDS };

static void close_ends (struct warm_shell *w) {
    process_close (&w->ends.in);
    process_close (&w->ends.out);
    process_close (&w->ends.err);
    process_close (&w->ends.end);
    process_close (&w->memory);
}

void warm_shell_free (struct warm_shell *w, bool kill) {
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

int warm_shell_status (struct warm_shell *w, struct run *run) {
    char line[16];
    ssize_t n = w->ends.end >= 0 ? read (w->ends.end, line, sizeof line - 1) : 0;

    if (n < 0 && errno == EAGAIN)
        return -EAGAIN;
    if (n <= 1 || line[n - 1] != '\n')
        return -EPIPE;
    line[n] = '\0';
    run->status = (int) strtoul (line, NULL, 10) << 8; /* as waitpid would tell it */
    return 0;
}

int warm_shell_await (struct warm *warm, struct warm_shell *w, struct run *run) {
    int in = w->ends.in, r;

    w->ends.in = -1; /* it has been said all */
    r = process_listen (warm->shell->plugin->host, run, &w->ends);
    w->ends.in = in;
    if (r == 0 && (r = warm_shell_status (w, run)) == -EAGAIN)
        r = -EPIPE;
    return r;
}

/* Its first status line says that it has read the script. */
static int await_ready (struct warm *warm, struct warm_shell *w) {
    const struct plugin *p = warm->shell->plugin;
    struct run run = {.out_most = ERROR_TEXT_MAX};
    int r = warm_shell_await (warm, w, &run);

    if (r < 0)
        log_debug (&p->host->log, p->name,
                   "%s cannot keep the script, so each call starts it: %.*s",
                   warm->recipe.shell, (int) run.err_size, run.err);
    free (run.out);
    return r;
}

int warm_shell_new (struct warm *warm, struct warm_shell **made) {
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

/* What somebody printed after an earlier call had ended is nobody's.  There may be no end of
 * it: no more than a pipe holds is taken. */
static void forget_stale (const struct warm_shell *w) {
    struct pollfd fds[] = {{.fd = w->ends.out, .events = POLLIN},
                           {.fd = w->ends.err, .events = POLLIN}};
    char rest[4096];

    if (poll (fds, sizeof fds / sizeof fds[0], 0) <= 0)
        return;
    for (size_t i = 0; i < sizeof fds / sizeof fds[0]; i++)
        for (int n = 0; n < STALE_READS && read (fds[i].fd, rest, sizeof rest) > 0; n++)
            ;
}

int warm_shell_say (struct warm_shell *w, const struct run *run) {
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
static void has_gone (struct warm_shell *w, struct run *run) {
    int status;

    process_kill (&w->child);
    process_reap (&w->child, &status);
    run->status = WIFEXITED (status) && WEXITSTATUS (status) == 0 ? 1 << 8 : status;
    close_ends (w);
    free (w);
}

int warm_shell_settle (struct warm_shell *w, struct run *run, int r, bool *serves) {
    *serves = false;
    if (r == -EPIPE) {
        has_gone (w, run);
        return 0;
    }
    if (r < 0 || w->ends.out < 0 || w->ends.err < 0 ||
        (run->input_size > MEMORY_KEPT && ftruncate (w->memory, 0) < 0))
        warm_shell_free (w, true);
    else
        *serves = true;
    return r;
}
