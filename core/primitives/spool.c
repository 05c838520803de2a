/* SPDX-License-Identifier: BSD-3-Clause */
/* spool.c: what a command prints, or a pipe or character device says, kept in a temporary
 * file that nobody else sees.
 *
 * It is read once, when the device is made, up to a bound: what has no end is stopped
 * there.  The device itself is a file's. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bytes.h"
#include "primitives.h"

enum { PIECE = 64 << 10 };

struct spool {
    const char *command, *path; /* one of them; borrowed */
    int from, to;
    pid_t child;       /* 0: none */
    bool whole;        /* the end was seen */
    uint64_t most;     /* bytes to take */
    bool more_is_fine; /* what comes after that is left */
    struct error *error;
};

static int fail (struct spool *s, const char *doing) {
    int number = errno;

    return error_set (s->error, number, "%s: %s: %s", s->command ? s->command : s->path, doing,
                      strerror (number));
}

/* With the signals that a command expects, whatever ours are, and a group of its own, so
 * that all of a pipeline can be stopped. */
static int spawn_shell (struct spool *s, int out) {
    char *const arguments[] = {(char *) "sh", (char *) "-c", (char *) s->command, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t how;
    sigset_t none, all;
    int number;

    sigemptyset (&none);
    sigfillset (&all);
    posix_spawn_file_actions_init (&actions);
    posix_spawn_file_actions_addopen (&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2 (&actions, out, 1);
    posix_spawnattr_init (&how);
    posix_spawnattr_setsigmask (&how, &none);
    posix_spawnattr_setsigdefault (&how, &all);
    posix_spawnattr_setpgroup (&how, 0);
    posix_spawnattr_setflags (&how, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                        POSIX_SPAWN_SETPGROUP);
    number = posix_spawn (&s->child, "/bin/sh", &actions, &how, arguments, environ);
    posix_spawnattr_destroy (&how);
    posix_spawn_file_actions_destroy (&actions);
    if (number == 0)
        return 0;
    s->child = 0;
    errno = number;
    return fail (s, "/bin/sh");
}

static int start_command (struct spool *s) {
    int ends[2], result;

    if (pipe2 (ends, O_CLOEXEC) < 0)
        return fail (s, "pipe");
    result = spawn_shell (s, ends[1]);
    close (ends[1]);
    s->from = ends[0];
    return result;
}

static int start (struct spool *s) {
    if (s->command)
        return start_command (s);
    s->from = open (s->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    return s->from < 0 ? error_set (s->error, errno, "%s: %s", s->path, strerror (errno)) : 0;
}

/* One without a name, where large files may lie. */
static int make_file (struct spool *s) {
    const char *folder = secure_getenv ("TMPDIR");
    char name[4096];

    if (!folder || !*folder)
        folder = "/var/tmp";
    s->to = open (folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (s->to >= 0)
        return 0;
    if (snprintf (name, sizeof name, "%s/steleXXXXXX", folder) >= (int) sizeof name ||
        (s->to = mkostemp (name, O_CLOEXEC)) < 0)
        return error_set (s->error, errno, "%s: no temporary file: %s", folder,
                          strerror (errno));
    unlink (name);
    return 0;
}

/* Zeroes are left out: the file ends up with holes. */
static int keep (struct spool *s, const char *data, size_t count, uint64_t offset) {
    while (count > 0 && !bytes_are_zero (data, count)) {
        ssize_t n = pwrite (s->to, data, count, offset);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail (s, "temporary file");
        data += n;
        count -= n;
        offset += n;
    }
    return 0;
}

static int too_much (struct spool *s) {
    return error_set (s->error, EFBIG, "%s: it gives more than %" PRIu64 " bytes",
                      s->command ? s->command : s->path, s->most);
}

static int copy_all (struct spool *s, char *piece) {
    uint64_t done = 0;

    while (!s->more_is_fine || done < s->most) {
        size_t want = s->more_is_fine && s->most - done < PIECE ? s->most - done : PIECE;
        ssize_t n = read (s->from, piece, want);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail (s, "read");
        s->whole = n == 0;
        if (n == 0)
            break;
        if ((uint64_t) n > s->most - done)
            return too_much (s);
        if (keep (s, piece, n, done) < 0)
            return -EIO;
        done += n;
    }
    return ftruncate (s->to, done) < 0 ? fail (s, "temporary file") : 0;
}

/* The command has ended, or is made to. */
static int end_command (struct spool *s, int result) {
    int status = 0;

    if (s->child == 0)
        return result;
    if (!s->whole)
        kill (-s->child, SIGKILL);
    while (waitpid (s->child, &status, 0) < 0 && errno == EINTR)
        ;
    if (result < 0 || !s->whole || status == 0)
        return result;
    if (WIFSIGNALED (status))
        return error_set (s->error, EIO, "%s: ended by signal %d", s->command,
                          WTERMSIG (status));
    return error_set (s->error, EIO, "%s: ended with status %d", s->command,
                      WEXITSTATUS (status));
}

static int fill_file (struct spool *s) {
    char *piece = malloc (PIECE);
    int result = piece ? start (s) : error_set (s->error, ENOMEM, "spool: out of memory");

    if (result == 0 && (result = make_file (s)) == 0)
        result = copy_all (s, piece);
    free (piece);
    return end_command (s, result);
}

static struct device *file_of (struct spool *s, struct host *host) {
    const struct primitive *file = primitive_find ("file");
    struct value fd = {.given = true, .set = true, .u = s->to};
    struct value readonly = {.given = true, .set = true, .b = true};
    struct device *d = NULL;
    struct arguments a;

    if (arguments_init (&a, file->parameters) < 0) {
        error_set (s->error, ENOMEM, "spool: out of memory");
        return NULL;
    }
    if (arguments_give_value (&a, "spool", "fd", &fd, s->error) == 0 &&
        arguments_give_value (&a, "spool", "readonly", &readonly, s->error) == 0)
        d = primitive_open (file, host, &a, s->error);
    arguments_clear (&a);
    return d;
}

struct device *spool_open (struct host *host, const struct arguments *a, struct error *error) {
    const struct value *size = arguments_get (a, "size");
    struct spool s = {.command = arguments_get (a, "command")->s,
                      .path = arguments_get (a, "path")->s,
                      .from = -1,
                      .to = -1,
                      .most = size->set ? size->u : arguments_get (a, "limit")->u,
                      .more_is_fine = size->set,
                      .error = error};
    struct device *d = NULL;

    if (!s.command == !s.path)
        error_set (error, EINVAL, "spool: one of command and path must be given");
    else if (fill_file (&s) == 0)
        d = file_of (&s, host);
    if (s.from >= 0)
        close (s.from);
    if (s.to >= 0)
        close (s.to);
    return d;
}
