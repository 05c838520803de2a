/* SPDX-License-Identifier: BSD-3-Clause */
/* process.c: programs that are started, given something, listened to, and waited for.
 *
 * What a child prints is read while it runs, so it never stands still on a full pipe, and
 * bounded: of its complaints the beginning is kept, of its output no more than was asked
 * for.  A child that hangs is left alone until the server itself wants to end. */
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../core/pool.h"

enum { FIRST_FD = 10, TICK_MS = 200 };
static const uint64_t second_ns = UINT64_C (1000) * 1000 * 1000;

void process_close (int *fd) {
    if (*fd >= 0)
        close (*fd);
    *fd = -1;
}

/* The same descriptor, out of the way of the child's own.  -errno. */
static int out_of_the_way (int fd) {
    int high;

    if (fd < 0)
        return -errno;
    if (fd >= FIRST_FD)
        return fd;
    high = fcntl (fd, F_DUPFD_CLOEXEC, FIRST_FD);
    if (high < 0)
        high = -errno;
    close (fd);
    return high;
}

int process_pipe (int fds[2], int server) {
    if (pipe2 (fds, O_CLOEXEC) < 0) {
        fds[0] = fds[1] = -1;
        return -errno;
    }
    fds[0] = out_of_the_way (fds[0]);
    fds[1] = out_of_the_way (fds[1]);
    if (fds[0] >= 0 && fds[1] >= 0 && fcntl (fds[server], F_SETFL, O_NONBLOCK) == 0)
        return 0;
    process_close (&fds[0]);
    process_close (&fds[1]);
    return -EMFILE;
}

int process_memory (void) {
    return out_of_the_way (memfd_create ("stele", MFD_CLOEXEC));
}

int process_null (void) {
    return out_of_the_way (open ("/dev/null", O_RDONLY | O_CLOEXEC));
}

/* The signals as a program expects to find them. */
static void usual_signals (posix_spawnattr_t *attributes) {
    static const int usual[] = {SIGPIPE, SIGINT, SIGQUIT, SIGHUP, SIGTERM, SIGCHLD};
    sigset_t set;

    sigemptyset (&set);
    posix_spawnattr_setsigmask (attributes, &set);
    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++)
        sigaddset (&set, usual[i]);
    posix_spawnattr_setsigdefault (attributes, &set);
    posix_spawnattr_setpgroup (attributes, 0);
    posix_spawnattr_setflags (attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                              POSIX_SPAWN_SETPGROUP);
}

/* What the child has open.  0 or an errno. */
static int descriptors (posix_spawn_file_actions_t *actions, const int *fds, int n, int life) {
    int r = 0;

    for (int i = 0; r == 0 && i < n; i++)
        if (fds[i] >= 0)
            r = posix_spawn_file_actions_adddup2 (actions, fds[i], i);
        else if (i == 0)
            r = posix_spawn_file_actions_addopen (actions, 0, "/dev/null", O_RDONLY, 0);
    if (r == 0 && life >= 0) /* onto itself: it stays open */
        r = posix_spawn_file_actions_adddup2 (actions, life, life);
    return r;
}

static int spawn (struct child *c, char *const *argv, char *const *environment, const int *fds,
                  int n) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int r = posix_spawn_file_actions_init (&actions);

    if (r != 0)
        return -r;
    if ((r = posix_spawnattr_init (&attributes)) != 0) {
        posix_spawn_file_actions_destroy (&actions);
        return -r;
    }
    usual_signals (&attributes);
    r = descriptors (&actions, fds, n, c->life[0]);
    if (r == 0)
        r = posix_spawnp (&c->pid, argv[0], &actions, &attributes, argv, environment);
    posix_spawnattr_destroy (&attributes);
    posix_spawn_file_actions_destroy (&actions);
    return -r;
}

/* From now on the group dies with the server. */
static void tie (const struct child *c) {
    const struct f_owner_ex group = {.type = F_OWNER_PGRP, .pid = c->pid};

    if (c->life[0] >= 0 && fcntl (c->life[0], F_SETSIG, SIGKILL) == 0 &&
        fcntl (c->life[0], F_SETOWN_EX, &group) == 0)
        fcntl (c->life[0], F_SETFL, O_ASYNC);
}

/* It does no more. */
static void untie (struct child *c) {
    if (c->life[0] >= 0)
        fcntl (c->life[0], F_SETFL, 0);
    process_close (&c->life[0]);
    process_close (&c->life[1]);
}

int process_start (struct child *c, char *const *argv, char *const *environment, const int *fds,
                   int n) {
    int r;

    process_pipe (c->life, 1); /* it can be done without */
    if ((r = spawn (c, argv, environment, fds, n)) < 0)
        untie (c);
    else
        tie (c);
    return r;
}

/* Some of what is to be said.  A child that does not want it is free not to. */
static void feed (struct run *run, int *fd) {
    ssize_t n = write (*fd, run->input, run->input_size);

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n >= 0) {
        run->input = (const char *) run->input + n;
        run->input_size -= (size_t) n;
    }
    if (n < 0 || run->input_size == 0)
        process_close (fd);
}

/* Room for more output.  False: there shall be none. */
static bool make_room (struct run *run) {
    size_t room = run->out_room ? run->out_room * 2 : 512;
    char *more;

    if (run->out_size < run->out_room)
        return true;
    if (run->out_fixed || run->out_room > run->out_most)
        return false;
    if (!(more = realloc (run->out, room))) {
        run->no_memory = true;
        return false;
    }
    run->out = more;
    run->out_room = room;
    return true;
}

/* All that there is for now; -1 in *FD when there will be no more.  False: it is too much. */
static bool take_out (struct run *run, int *fd) {
    for (;;) {
        char beyond;
        size_t room = make_room (run) ? run->out_room - run->out_size : 0;
        struct iovec pieces[] = {{run->out + run->out_size, room}, {&beyond, 1}};
        ssize_t n = readv (*fd, pieces + (room == 0), room == 0 || !run->out_fixed ? 1 : 2);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return true;
        if (n <= 0) {
            process_close (fd);
            return true;
        }
        if ((size_t) n > room) {
            run->too_much = true;
            return false;
        }
        run->out_size += (size_t) n;
        if (run->out_fixed || (size_t) n < room) /* a pipe gives all that it has */
            return true;
    }
}

static void take_err (struct run *run, int *fd) {
    char rest[ERROR_TEXT_MAX];

    for (;;) {
        size_t room = sizeof run->err - run->err_size;
        ssize_t n =
            room ? read (*fd, run->err + run->err_size, room) : read (*fd, rest, sizeof rest);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return;
        if (n <= 0) {
            process_close (fd);
            return;
        }
        if (room)
            run->err_size += (size_t) n;
        else
            return; /* there may be no end of it */
    }
}

/* When a call began, and when it was first seen that the server is to end. */
struct patience {
    uint64_t start_ns, end_ns;
};

/* Is it time to give a call up?  A server that starts up cannot say when, because it waits for
 * this very call. */
static bool is_late (const struct host *host, struct patience *p) {
    uint64_t now_ns = pool_clock_ns (), late_ns = host->give_up_ns;

    if (late_ns == 0) {
        if (!host->wants_end || !host->wants_end (host))
            return false;
        if (p->end_ns == 0)
            p->end_ns = now_ns;
        late_ns = p->end_ns + 5 * second_ns;
    } else if (late_ns < p->start_ns) { /* one that says goodbye */
        late_ns = p->start_ns + 2 * second_ns;
    }
    return now_ns >= late_ns;
}

int process_drain (struct run *run, struct ends *e) {
    bool fits = e->out < 0 || take_out (run, &e->out);

    if (e->err >= 0)
        take_err (run, &e->err);
    return fits ? 0 : -ENOBUFS;
}

/* What is over soon and prints no more than a pipe holds need not be looked at until it is
 * over: the server is woken up once. */
static bool is_over_soon (const struct run *run, const struct ends *e) {
    struct pollfd end = {.fd = e->end, .events = POLLIN};

    return run->out_fixed && run->out_most <= PIPE_HOLDS && e->in < 0 && e->end >= 0 &&
           poll (&end, 1, SOON_MS) > 0;
}

int process_listen (const struct host *host, struct run *run, struct ends *e) {
    struct patience patience = {.start_ns = pool_clock_ns ()};

    if (is_over_soon (run, e))
        return process_drain (run, e);
    while (e->end >= 0 || e->out >= 0 || e->err >= 0) {
        struct pollfd fds[] = {{.fd = e->end, .events = POLLIN},
                               {.fd = e->out, .events = POLLIN},
                               {.fd = e->err, .events = POLLIN},
                               {.fd = e->in, .events = POLLOUT}};
        int n = poll (fds, sizeof fds / sizeof fds[0], TICK_MS);
        if (n < 0 && errno != EINTR)
            return -errno;
        if (n > 0 && fds[0].revents) /* all that it printed is there already */
            return process_drain (run, e);
        if (is_late (host, &patience))
            return -ESHUTDOWN;
        if (n <= 0)
            continue;
        if (fds[1].revents && !take_out (run, &e->out))
            return -ENOBUFS;
        if (fds[2].revents)
            take_err (run, &e->err);
        if (fds[3].revents)
            feed (run, &e->in);
    }
    return 0;
}

void process_kill (const struct child *c) {
    kill (-c->pid, SIGKILL);
}

void process_reap (struct child *c, int *status) {
    while (waitpid (c->pid, status, 0) < 0)
        if (errno != EINTR) {
            *status = 0;
            break;
        }
    untie (c);
}
