/* SPDX-License-Identifier: BSD-3-Clause */
/* guard.c: should what is being loaded crash, somebody says what it was.
 *
 * The constructors of a shared object run before anything of it can be checked, and a crash in
 * one would end the program without a word.  Nothing is survived here: the state of the process
 * is lost.  The handler has a stack of its own, and calls only what a handler may. */
#include "guard.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

static const struct fatal {
    int number;
    const char *name;
} fatal[] = {
    {SIGSEGV, "SIGSEGV"}, {SIGBUS, "SIGBUS"},   {SIGILL, "SIGILL"},
    {SIGFPE, "SIGFPE"},   {SIGABRT, "SIGABRT"},
};

enum { FATAL = sizeof fatal / sizeof fatal[0], STACK = 64 << 10 };

/* The signals' actions are the process's, and so there is one of all this. */
static struct {
    pthread_mutex_t lock; /* of the rest: one guards at a time */
    struct sigaction before[FATAL];
    stack_t stack_before;
    char stack[STACK];
    const char *program, *path;
    pid_t thread;
} guard = {.lock = PTHREAD_MUTEX_INITIALIZER};

static struct iovec piece (const char *text) {
    return (struct iovec){.iov_base = (char *) text, .iov_len = strlen (text)};
}

static void crashed (int number) {
    const char *name = "a signal";

    if (gettid () != guard.thread) { /* nothing to do with loading: as if there were no guard */
        signal (number, SIG_DFL);
        raise (number);
        return;
    }
    for (int i = 0; i < FATAL; i++)
        if (fatal[i].number == number)
            name = fatal[i].name;
    struct iovec pieces[] = {
        piece (guard.program), piece (": error: "),
        piece (guard.path),    piece (": it crashed while it was being loaded ("),
        piece (name),          piece (")\n")};
    ssize_t n = writev (STDERR_FILENO, pieces, sizeof pieces / sizeof pieces[0]);
    (void) n;
    _exit (1);
}

void guard_enter (const char *program, const char *path) {
    struct sigaction action = {.sa_handler = crashed, .sa_flags = SA_ONSTACK | SA_NODEFER};
    stack_t stack = {.ss_sp = guard.stack, .ss_size = sizeof guard.stack};

    pthread_mutex_lock (&guard.lock);
    guard.program = program;
    guard.path = path;
    guard.thread = gettid ();
    sigaltstack (&stack, &guard.stack_before);
    for (int i = 0; i < FATAL; i++)
        sigaction (fatal[i].number, &action, &guard.before[i]);
}

/* A handler that the object installed meanwhile is the object's business, and stays. */
void guard_leave (void) {
    for (int i = 0; i < FATAL; i++) {
        struct sigaction now;
        if (sigaction (fatal[i].number, NULL, &now) == 0 && now.sa_handler == crashed)
            sigaction (fatal[i].number, &guard.before[i], NULL);
    }
    guard.thread = 0; /* such a handler may call the one that it found */
    sigaltstack (&guard.stack_before, NULL);
    pthread_mutex_unlock (&guard.lock);
}
