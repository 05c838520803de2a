/* SPDX-License-Identifier: BSD-3-Clause */
/* captive.c: the parent of a captive server (--run): it runs the user's command.
 *
 * The command is a child of the process that the user started, so that the terminal and
 * the status are its own, and the server is another.  Keyboard signals reach the command
 * by themselves; what is sent to this process alone is passed on to it.  However it ends,
 * the server is told to, and waited for, so that its socket is gone when the user goes on.  A
 * user who does not want to wait for that sends another signal, which is the server's. */
#include "launch.h"

#include <errno.h>
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

/* The command's status, unless it was 0 and the server has failed meanwhile. */
static int end_server (pid_t server, int result) {
    int status = 0;

    if (waitpid (server, &status, WNOHANG) == server)
        return result ? result : launch_status (status);
    sigqueue (server, SIGTERM, (union sigval){0}); /* it may have been told to already */
    launch_wait (server, PASS_AS_SIGTERM);
    return result;
}

int captive_run (const char *command, const char *preamble, pid_t server, const sigset_t *mask,
                 const struct log *log) {
    char *script = NULL;

    if (asprintf (&script, "%s%s", preamble, command) < 0) {
        log_error (log, NULL, "no memory for the command");
        return end_server (server, EXIT_FAILURE);
    }
    pid_t pid = start_command (script, mask);
    free (script);
    if (pid < 0) {
        log_error (log, NULL, "starting the command: %s", strerror (errno));
        return end_server (server, EXIT_FAILURE);
    }
    int status = launch_wait (pid, PASS_AS_THEY_ARE);
    if (WIFSIGNALED (status))
        log_error (log, NULL, "the command was killed by signal %d (%s)", WTERMSIG (status),
                   strsignal (WTERMSIG (status)));
    return end_server (server, launch_status (status));
}
