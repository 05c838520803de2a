/* SPDX-License-Identifier: BSD-3-Clause */
/* launch.c: the fork that comes first, and the pipe to the parent.
 *
 * Through the pipe the child sends the text that it has for the parent and one NUL at its
 * end, which means "ready".  A pipe that ends without one means that the child has said
 * on the terminal what is wrong and ended; the parent then takes its status.
 *
 * Whoever started the parent knows that one alone: a signal to end is passed on to the child,
 * and the parent stays until nothing is left of it. */
#include "launch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "signals.h"

int launch_status (int wait_status) {
    return WIFSIGNALED (wait_status) ? 128 + WTERMSIG (wait_status) : WEXITSTATUS (wait_status);
}

void launch_signals (sigset_t *set) {
    signals_set (set);
    sigaddset (set, SIGCHLD);
}

static bool has_ended (pid_t child, int *status) {
    pid_t r;
    do
        r = waitpid (child, status, WNOHANG);
    while (r < 0 && errno == EINTR);
    return r != 0;
}

int launch_wait (pid_t child, enum launch_pass pass) {
    int status = 0;
    sigset_t set;

    launch_signals (&set);
    while (!has_ended (child, &status)) {
        siginfo_t info;
        int n = sigwaitinfo (&set, &info);
        if (n <= 0 || n == SIGCHLD)
            continue;
        if (pass == PASS_AS_SIGTERM)
            kill (child, SIGTERM);
        else if (info.si_code != SI_KERNEL)
            kill (child, n);
    }
    return status;
}

/* From the pipe FD comes more, or its end.  SIGNALS: a signalfd; the first signal is TOLD. */
static void await (int fd, int signals, pid_t child, int *told) {
    struct pollfd fds[] = {{.fd = fd, .events = POLLIN}, {.fd = signals, .events = POLLIN}};
    struct signalfd_siginfo info;

    do {
        poll (fds, sizeof fds / sizeof fds[0], -1);
        if (fds[1].revents && read (signals, &info, sizeof info) == sizeof info) {
            if (*told == 0)
                *told = (int) info.ssi_signo;
            kill (child, SIGTERM);
        }
    } while (!fds[0].revents);
}

/* All that comes from FD until its end, malloc'ed; NULL if it does not end with "ready". */
static char *read_message (int fd, int signals, pid_t child, int *told) {
    size_t n = 0, room = 4096;
    char *text = malloc (room);

    while (text) {
        await (fd, signals, child, told);
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

/* The server is told to end, or has ended. */
static int wait_for_end (pid_t child, int told, const struct log *log) {
    int status = launch_wait (child, PASS_AS_SIGTERM), result = launch_status (status);

    if (told)
        signals_die (told);
    if (WIFSIGNALED (status))
        log_error (log, NULL, "the server was killed by signal %d (%s) before it was ready",
                   WTERMSIG (status), strsignal (WTERMSIG (status)));
    return result ? result : EXIT_FAILURE;
}

/* The parent, to its end.  MASK: as it was before launch_signals were blocked. */
static int wait_for_child (const struct launch *launch, pid_t child, int fd,
                           const sigset_t *mask, const struct log *log) {
    int told = 0, result = 0, signals;
    sigset_t ending;

    signals_set (&ending);
    if ((signals = signalfd (-1, &ending, SFD_CLOEXEC | SFD_NONBLOCK)) < 0)
        sigprocmask (SIG_UNBLOCK, &ending, NULL); /* they end this process, at least */
    char *preamble = read_message (fd, signals, child, &told);
    close (fd);
    close (signals);
    if (!preamble || told)
        result = wait_for_end (child, told, log);
    else if (launch->kind == LAUNCH_CAPTIVE)
        result = captive_run (launch->command, preamble, child, mask, log);
    free (preamble);
    return result;
}

int launch_fork (struct launch *launch, const struct log *log, struct error *error) {
    int fds[2];
    pid_t parent = getpid ();
    sigset_t waited_for, mask;

    launch->tell = -1;
    if (launch->kind == LAUNCH_FOREGROUND)
        return 0;
    if (pipe2 (fds, O_CLOEXEC) < 0)
        return error_set (error, errno, "a pipe: %s", strerror (errno));
    launch_signals (&waited_for);
    sigprocmask (SIG_BLOCK, &waited_for, &mask);
    pid_t child = fork ();
    if (child > 0) {
        close (fds[1]);
        exit (wait_for_child (launch, child, fds[0], &mask, log));
    }
    if (child < 0)
        error_set (error, errno, "a second process: %s", strerror (errno));
    sigprocmask (SIG_SETMASK, &mask, NULL);
    close (fds[0]);
    if (child < 0) {
        close (fds[1]);
        return -error->number;
    }
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
