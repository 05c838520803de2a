/* SPDX-License-Identifier: BSD-3-Clause */
/* captive.c: the parent of a captive server (--run): it runs the user's command.
 *
 * The command is a child of the process that the user started, so that the terminal and
 * the status are its own, and the server is another.  Keyboard signals reach the command
 * by themselves; what is sent to this process alone is passed on to it.  However it ends,
 * the server is told to, and waited for, so that its socket is gone when the user goes on. */
#include "launch.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Run by a shell; the mask and dispositions are as the user's shell had them. */
static pid_t start_command (const char *script, const sigset_t *mask) {
    pid_t pid = fork ();

    if (pid == 0) {
        signal (SIGPIPE, SIG_DFL);
        sigprocmask (SIG_SETMASK, mask, NULL);
        execl ("/bin/sh", "sh", "-c", script, (char *) NULL);
        _exit (127);
    }
    return pid;
}

static bool has_ended (pid_t pid, int *status, int flags) {
    pid_t r;
    do
        r = waitpid (pid, status, flags);
    while (r < 0 && errno == EINTR);
    return r == pid;
}

/* Wait for the command; SET is blocked and holds SIGCHLD and what is passed on. */
static int wait_for_command (pid_t pid, const sigset_t *set) {
    int status = 0;

    while (!has_ended (pid, &status, WNOHANG)) {
        siginfo_t info;
        int n = sigwaitinfo (set, &info);
        bool from_terminal = n > 0 && info.si_code == SI_KERNEL;
        if (n > 0 && n != SIGCHLD && !from_terminal)
            kill (pid, n);
    }
    return status;
}

/* The command's status, unless it was 0 and the server has failed meanwhile. */
static int end_server (pid_t server, int result) {
    int status = 0;

    if (has_ended (server, &status, WNOHANG))
        return result ? result : launch_status (status);
    kill (server, SIGTERM);
    has_ended (server, &status, 0);
    return result;
}

int captive_run (const char *command, const char *preamble, pid_t server,
                 const struct log *log) {
    static const int signals[] = {SIGCHLD, SIGTERM, SIGHUP, SIGINT, SIGQUIT};
    sigset_t set, before;
    char *script = NULL;

    if (asprintf (&script, "%s%s", preamble, command) < 0) {
        log_error (log, NULL, "no memory for the command");
        return end_server (server, EXIT_FAILURE);
    }
    sigemptyset (&set);
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
        sigaddset (&set, signals[i]);
    sigprocmask (SIG_BLOCK, &set, &before);

    pid_t pid = start_command (script, &before);
    free (script);
    if (pid < 0) {
        log_error (log, NULL, "starting the command: %s", strerror (errno));
        return end_server (server, EXIT_FAILURE);
    }
    int status = wait_for_command (pid, &set);
    if (WIFSIGNALED (status))
        log_error (log, NULL, "the command was killed by signal %d (%s)", WTERMSIG (status),
                   strsignal (WTERMSIG (status)));
    return end_server (server, launch_status (status));
}
