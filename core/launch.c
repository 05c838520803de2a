/* SPDX-License-Identifier: BSD-3-Clause */
/* launch.c: the fork that comes first, and the pipe to the parent.
 *
 * Through the pipe the child sends the text that it has for the parent and one NUL at its
 * end, which means "ready".  A pipe that ends without one means that the child has said
 * on the terminal what is wrong and ended; the parent then takes its status. */
#include "launch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int launch_status (int wait_status) {
    return WIFSIGNALED (wait_status) ? 128 + WTERMSIG (wait_status) : WEXITSTATUS (wait_status);
}

/* All that comes from FD until its end, malloc'ed; NULL if it does not end with "ready". */
static char *read_message (int fd) {
    size_t n = 0, room = 4096;
    char *text = malloc (room);

    while (text) {
        ssize_t r = read (fd, text + n, room - n);
        if (r < 0 && errno == EINTR)
            continue;
        if (r <= 0)
            break;
        n += (size_t) r;
        if (n == room) {
            char *more = realloc (text, room *= 2);
            if (!more)
                break;
            text = more;
        }
    }
    if (text && n > 0 && text[n - 1] == '\0')
        return text;
    free (text);
    return NULL;
}

/* The parent, to its end. */
static int wait_for_child (const struct launch *launch, pid_t child, int fd,
                           const struct log *log) {
    int status = 0, result = 0;
    char *preamble = read_message (fd);

    close (fd);
    if (!preamble) {
        while (waitpid (child, &status, 0) < 0 && errno == EINTR)
            ;
        if (WIFSIGNALED (status))
            log_error (log, NULL, "the server was killed by signal %d (%s) before it was ready",
                       WTERMSIG (status), strsignal (WTERMSIG (status)));
        result = launch_status (status);
        return result ? result : EXIT_FAILURE;
    }
    if (launch->kind == LAUNCH_CAPTIVE)
        result = captive_run (launch->command, preamble, child, log);
    free (preamble);
    return result;
}

int launch_fork (struct launch *launch, const struct log *log, struct error *error) {
    int fds[2];
    pid_t parent = getpid ();

    launch->tell = -1;
    if (launch->kind == LAUNCH_FOREGROUND)
        return 0;
    if (pipe2 (fds, O_CLOEXEC) < 0)
        return error_set (error, errno, "a pipe: %s", strerror (errno));
    pid_t child = fork ();
    if (child < 0) {
        int r = error_set (error, errno, "a second process: %s", strerror (errno));
        close (fds[0]);
        close (fds[1]);
        return r;
    }
    if (child > 0) {
        close (fds[1]);
        exit (wait_for_child (launch, child, fds[0], log));
    }
    close (fds[0]);
    launch->tell = fds[1];
    return launch->kind == LAUNCH_CAPTIVE ? launch_end_with (parent, error) : 0;
}

int launch_end_with (pid_t parent, struct error *error) {
    if (prctl (PR_SET_PDEATHSIG, SIGTERM) < 0)
        return error_set (error, errno, "ending with the parent: %s", strerror (errno));
    if (getppid () != parent)
        return error_set (error, ESRCH, "the process that started this one has ended already");
    return 0;
}

static void write_all (int fd, const char *text, size_t n) {
    while (n > 0) {
        ssize_t r = write (fd, text, n);
        if (r < 0 && errno != EINTR)
            return; /* the parent was killed: nobody waits to be told */
        if (r > 0) {
            text += r;
            n -= (size_t) r;
        }
    }
}

/* Nothing of the terminal stays with a daemon, but for debug lines that were asked for. */
static int leave_terminal (const struct log *log, struct error *error) {
    int null = open ("/dev/null", O_RDWR | O_CLOEXEC);

    if (null < 0 || chdir ("/") < 0) {
        if (null >= 0)
            close (null);
        return error_set (error, errno, "going into the background: %s", strerror (errno));
    }
    setsid (); /* the child of a fork leads no group, so this does not fail */
    dup2 (null, STDIN_FILENO);
    dup2 (null, STDOUT_FILENO);
    if (!log->verbose && log->to != LOG_TO_STDERR)
        dup2 (null, STDERR_FILENO);
    if (null > STDERR_FILENO)
        close (null);
    return 0;
}

int launch_ready (struct launch *launch, const char *preamble, struct log *log,
                  struct error *error) {
    if (launch->kind == LAUNCH_DAEMON) {
        int r = leave_terminal (log, error);
        if (r < 0)
            return r;
        log->background = true;
    }
    if (launch->tell >= 0) {
        write_all (launch->tell, preamble, strlen (preamble) + 1);
        close (launch->tell);
        launch->tell = -1;
    }
    return 0;
}
