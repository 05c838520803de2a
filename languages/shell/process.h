/* SPDX-License-Identifier: BSD-3-Clause */
/* process.h: programs that are started, given something, listened to, and waited for.
 *
 * Nothing here forks the server: posix_spawn shares its memory with the child until that
 * has become the program, so a start costs the same however much the server holds. */
#ifndef STELE_SHELL_PROCESS_H
#define STELE_SHELL_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "../../core/error.h"
#include "../../core/host.h"

enum { ERROR_TEXT_MAX = 4096 }; /* bytes kept of what is written to standard error */
enum { PIPE_HOLDS = 32 << 10 }; /* bytes, and more, that a child prints before it must be listened to */
enum { SOON_MS = 20 };          /* a call that is over by then need not be listened to meanwhile */

/* One run of a method: what it is given, and what has come of it. */
struct run {
    const char *method;
    char *const *words; /* the method's name and its arguments; ends with NULL.  Until it has begun */
    const void *input;  /* for standard input; NULL: there is none */
    size_t input_size;

    char *out; /* what it printed */
    size_t out_size, out_room;
    size_t out_most; /* more than so much ends it */
    bool out_fixed;  /* OUT is the caller's, of OUT_MOST bytes; else malloc'ed */
    bool too_much;
    bool no_memory;
    char err[ERROR_TEXT_MAX]; /* the beginning of what it complained of */
    size_t err_size;
    size_t err_told; /* so much of it is in the sentence about its failure */
    int status;      /* as waitpid tells it */
};

/* A program that was started, in a process group of its own.
 *
 * LIFE is a pipe through which nothing goes.  The child holds the reading end, and the server
 * alone the writing end: when that closes because the server was killed, the kernel kills the
 * group (F_SETSIG), however little the child listens. */
struct child {
    pid_t pid;
    int life[2];
};

/* The server's ends of a child's descriptors; -1 for one that is not there. */
struct ends {
    int in, out, err;
    int end; /* can be read when the call has ended: a pidfd, or a pipe with the status */
};

/* Both ends of a pipe; the server's (0: it reads, 1: it writes) does not block.  They are
 * never 0 to 9, which are what a child's are made of.  0 or -errno. */
int process_pipe (int fds[2], int server);

/* A file in memory, and one with nothing in it to read, likewise out of the way.  -errno. */
int process_memory (void);
int process_null (void);

void process_close (int *fd); /* and it is -1 */

/* Start argv[0], looked for on PATH where it is no path.  FDS are what it has as 0, 1, ...;
 * a negative one is /dev/null for 0 and missing otherwise.  0, or -errno and no child. */
int process_start (struct child *, char *const *argv, char *const *environment, const int *fds,
                   int n);

/* Feed it and listen to it until ENDS->end can be read and what it had printed is here.
 * 0; -EMFILE and the like; -ENOBUFS it prints too much; -ESHUTDOWN the server is ending and
 * would have to wait for it.  ends->in is closed when all is said (FEED); out and err when
 * they have ended. */
int process_listen (const struct host *, struct run *, struct ends *);

/* code.c: from now on the child's forks cost it less.  It must not be about to exec. */
void code_keep (const struct child *);

/* What has been printed since, for a call that has ended.  0 or -ENOBUFS. */
int process_drain (struct run *, struct ends *);

void process_kill (const struct child *); /* the whole group */

/* Wait for its end.  Who is left of its group may outlive the server from now on. */
void process_reap (struct child *, int *status);

#endif
