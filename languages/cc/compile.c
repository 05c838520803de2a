/* SPDX-License-Identifier: BSD-3-Clause */
/* compile.c: one run of a compiler.
 *
 * It speaks for itself: what it writes goes to standard error as it is.  It is a process group
 * of its own, so that all of it ends when it takes too long or the server is told to end. */
#include "compile.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TICK_MS = 20 };

static const int ending[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

static void ending_set (sigset_t *set) {
    sigemptyset (set);
    for (size_t i = 0; i < sizeof ending / sizeof ending[0]; i++)
        sigaddset (set, ending[i]);
}

void compile_hold (sigset_t *before) {
    sigset_t set;

    ending_set (&set);
    pthread_sigmask (SIG_BLOCK, &set, before);
}

void compile_release (const sigset_t *before) {
    pthread_sigmask (SIG_SETMASK, before, NULL);
}

/* Our own headers are found as if they were said with -I, whatever compiler it is. */
static char **environment_new (const struct compiler *c) {
    const char *path = getenv ("CPATH");
    size_t n = 0, to = 1;
    char **copy, *mine;

    while (environ[n])
        n++;
    if (asprintf (&mine, "CPATH=%s%s%s", c->includes, path ? ":" : "", path ? path : "") < 0)
        return NULL;
    if (!(copy = calloc (n + 2, sizeof *copy))) {
        free (mine);
        return NULL;
    }
    copy[0] = mine;
    for (size_t i = 0; i < n; i++)
        if (strncmp (environ[i], "CPATH=", strlen ("CPATH=")) != 0)
            copy[to++] = environ[i];
    return copy;
}

static int spawn (pid_t *pid, char *const *argv, char *const *environment) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, usual;
    int r = posix_spawn_file_actions_init (&actions);

    if (r != 0)
        return -r;
    if ((r = posix_spawnattr_init (&attributes)) != 0) {
        posix_spawn_file_actions_destroy (&actions);
        return -r;
    }
    sigemptyset (&none);
    ending_set (&usual);
    sigaddset (&usual, SIGPIPE);
    posix_spawnattr_setsigmask (&attributes, &none);
    posix_spawnattr_setsigdefault (&attributes, &usual);
    posix_spawnattr_setpgroup (&attributes, 0);
    posix_spawnattr_setflags (&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                               POSIX_SPAWN_SETPGROUP);
    r = posix_spawn_file_actions_addopen (&actions, 0, "/dev/null", O_RDONLY, 0);
    if (r == 0)
        r = posix_spawn_file_actions_adddup2 (&actions, STDERR_FILENO, STDOUT_FILENO);
    if (r == 0)
        r = posix_spawn (pid, argv[0], &actions, &attributes, argv, environment);
    posix_spawnattr_destroy (&attributes);
    posix_spawn_file_actions_destroy (&actions);
    return -r;
}

static uint64_t now_ns (void) {
    struct timespec t;

    clock_gettime (CLOCK_MONOTONIC, &t);
    return (uint64_t) t.tv_sec * 1000000000 + (uint64_t) t.tv_nsec;
}

/* How long to sleep: not at all once it is too late, and not for long if nothing wakes us. */
static int sleep_ms (uint64_t end_ns, bool woken) {
    uint64_t now = now_ns (), left_ms = end_ns > now ? (end_ns - now) / 1000000 + 1 : 0;
    uint64_t most_ms = woken ? INT32_MAX : TICK_MS;

    return (int) (left_ms < most_ms ? left_ms : most_ms);
}

/* Until PID has ended.  0, -ETIMEDOUT, or -EINTR: the server is to end. */
static int wait_for (pid_t pid, uint64_t timeout_ns, int *status) {
    uint64_t end_ns = timeout_ns ? now_ns () + timeout_ns : UINT64_MAX;
    struct pollfd fds[2] = {{.events = POLLIN}, {.events = POLLIN}};
    sigset_t set;
    int r = 1;

    ending_set (&set);
    fds[0].fd = signalfd (-1, &set, SFD_CLOEXEC);
    fds[1].fd = (int) syscall (SYS_pidfd_open, pid, 0);
    while (r == 1) {
        bool woken = fds[0].fd >= 0 && fds[1].fd >= 0;
        poll (fds, 2, sleep_ms (end_ns, woken));
        if (waitpid (pid, status, WNOHANG) == pid)
            r = 0;
        else if (fds[0].revents)
            r = -EINTR;
        else if (now_ns () >= end_ns)
            r = -ETIMEDOUT;
    }
    for (int i = 0; i < 2; i++)
        if (fds[i].fd >= 0)
            close (fds[i].fd);
    return r;
}

static void end_group (pid_t pid, int *status) {
    kill (-pid, SIGKILL);
    while (waitpid (pid, status, 0) < 0 && errno == EINTR)
        ;
}

static int tell (const struct compiler *c, const struct place *place, const char *what, int r,
                 int status, struct error *error) {
    if (r == -EINTR)
        return error_set (error, EINTR, "%s: compiling it was interrupted", what);
    if (r == -ETIMEDOUT)
        return error_set (
            error, ETIMEDOUT,
            "%s: '%s' took too long and was ended; CC_TIMEOUT= gives it more time", what,
            c->cc);
    if (r < 0)
        return error_set (error, -r, "%s: '%s' could not be started: %s", what, c->cc,
                          strerror (-r));
    if (WIFSIGNALED (status))
        return error_set (error, EINVAL, "%s: '%s' was killed by signal %d (%s)", what, c->cc,
                          WTERMSIG (status), strsignal (WTERMSIG (status)));
    if (WEXITSTATUS (status) != 0)
        return error_set (error, EINVAL, "%s: it was not compiled: '%s' ended with status %d",
                          what, c->cc, WEXITSTATUS (status));
    if (access (place->object, R_OK) < 0)
        return error_set (error, EINVAL, "%s: '%s' made no object", what, c->cc);
    return 0;
}

int compile (const struct compiler *c, const struct place *place, const char *source,
             const char *what, uint64_t timeout_ns, struct error *error) {
    char *argv[] = {(char *) "/bin/sh", (char *) "-c", c->command,  (char *) "cc",
                    (char *) source,    place->object, place->read, NULL};
    char **environment = environment_new (c);
    int r = environment ? 0 : -ENOMEM, status = 0;
    pid_t pid;

    if (r == 0 && (r = spawn (&pid, argv, environment)) == 0) {
        r = wait_for (pid, timeout_ns, &status);
        if (r < 0)
            end_group (pid, &status);
    }
    if (environment)
        free (environment[0]);
    free (environment);
    return tell (c, place, what, r, status, error);
}
