/* SPDX-License-Identifier: BSD-3-Clause */
/* launch.h: which process serves, and who waits for it.
 *
 *     foreground   one process
 *     daemon       the parent waits for "ready" and ends; the child serves
 *     captive      the parent waits for "ready", runs a command and ends the child after it
 *
 * The fork comes first, before anything is loaded, so that interpreters and threads never
 * see one, and errors still reach the terminal: the child keeps it until it is ready. */
#ifndef STELE_LAUNCH_H
#define STELE_LAUNCH_H

#include <signal.h>
#include <sys/types.h>

#include "error.h"
#include "log.h"

enum launch_kind { LAUNCH_FOREGROUND, LAUNCH_DAEMON, LAUNCH_CAPTIVE };

struct launch {
    enum launch_kind kind;
    const char *command; /* LAUNCH_CAPTIVE */
    int tell;            /* the child's end of the pipe to the parent; -1 without one */
};

/* Fork where the kind wants it.  Returns in the process that is to serve, 0 or -errno; the
 * parent ends in here, with the status that the user shall see. */
int launch_fork (struct launch *, const struct log *, struct error *);

/* Ready: let the parent go on, a captive's with PREAMBLE (shell assignments) before its
 * command; a daemon's process lets go of the terminal, and its log of standard error. */
int launch_ready (struct launch *, const char *preamble, struct log *, struct error *);

/* End when the process that started this one does (SIGTERM).  Again after the user was
 * changed, which makes the kernel forget it.  PARENT: who it was.  -ESRCH: it has gone. */
int launch_end_with (pid_t parent, struct error *);

/* What a captive's parent does: run COMMAND after PREAMBLE with the signal mask MASK, end
 * SERVER; returns the status to exit with.  What launch_signals names is blocked.  In
 * captive.c. */
int captive_run (const char *command, const char *preamble, pid_t server, const sigset_t *mask,
                 const struct log *);

/* What a parent waits for: the signals that end a server, and the end of a child. */
void launch_signals (sigset_t *);

/* Wait for a child's end, these being blocked: the others are passed on to it, as they are or
 * all as SIGTERM, but what a terminal has sent to it anyway.  Its status is waitpid's. */
enum launch_pass { PASS_AS_THEY_ARE, PASS_AS_SIGTERM };
int launch_wait (pid_t child, enum launch_pass);

/* A child has ended so: its exit status, or 128 + the signal. */
int launch_status (int wait_status);

#endif
