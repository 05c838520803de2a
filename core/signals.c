/* SPDX-License-Identifier: BSD-3-Clause */
/* signals.c: the signals that end a server.
 *
 * They have handlers and are not blocked: what a plugin starts by exec has the usual
 * ones again.  The handler's eventfd is the one mutable global: a process has one set of
 * handlers. */
#include "signals.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <unistd.h>

static volatile sig_atomic_t quit_fd = -1;

static void on_signal (int number) {
    static const uint64_t one = 1;
    int saved = errno;

    (void) number;
    if (write (quit_fd, &one, sizeof one) < 0) { /* it says already that it is time to end */
    }
    errno = saved;
}

void signals_watch (int quit, bool captive) {
    static const int numbers[] = {SIGTERM, SIGHUP, SIGINT, SIGQUIT};
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    struct sigaction ignore = {.sa_handler = SIG_IGN};

    quit_fd = quit;
    sigemptyset (&action.sa_mask);
    sigemptyset (&ignore.sa_mask);
    sigset_t set;
    sigemptyset (&set);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        sigaction (numbers[i], captive && numbers[i] != SIGTERM ? &ignore : &action, NULL);
        sigaddset (&set, numbers[i]);
    }
    sigaction (SIGPIPE, &ignore, NULL);
    pthread_sigmask (SIG_UNBLOCK, &set, NULL); /* whoever started this may have blocked them */
}
