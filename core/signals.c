/* SPDX-License-Identifier: BSD-3-Clause */
/* signals.c: the signals that end a server.
 *
 * They have handlers and are not blocked: what a plugin starts by exec has the usual
 * ones again.  What the handler knows is the one mutable global beside leftovers.c's: a
 * process has one set of handlers. */
#include "signals.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "host.h"
#include "leftovers.h"
#include "pool.h"

static const uint64_t second_ns = UINT64_C (1000000000);

/* While a server starts nobody is served yet, so scripts get less time than at the end of one
 * that ran; and there may be no way to make them return but the process's end. */
enum { START_GIVES_UP_S = 2, START_ENDS_S = 5 };

/* Some send one signal twice, as timeout(1) does, or several in a row: they mean one.  It was
 * never meant to be the second where it is queued. */
static bool is_another (const siginfo_t *info, uint64_t first_ns, uint64_t now_ns) {
    return now_ns - first_ns >= second_ns && info->si_code != SI_QUEUE;
}

static const int numbers[] = {SIGTERM, SIGHUP, SIGINT, SIGQUIT};
enum { NUMBERS = sizeof numbers / sizeof numbers[0] };

static struct {
    pid_t process;
    struct host *host;
    int quit;
    timer_t limit; /* sends SIGTERM when a start that was told to end has not */
    bool has_limit, is_captive;
    atomic_bool is_starting, is_over;
    atomic_int first;          /* the signal that came first; 0: none has */
    _Atomic uint64_t first_ns; /* when; set before */
} ending;

void signals_set (sigset_t *set) {
    sigemptyset (set);
    for (size_t i = 0; i < NUMBERS; i++)
        sigaddset (set, numbers[i]);
}

static _Noreturn void die (int number) {
    sigset_t set;

    signal (number, SIG_DFL);
    sigemptyset (&set);
    sigaddset (&set, number);
    pthread_sigmask (SIG_UNBLOCK, &set, NULL);
    raise (number);
    _exit (128 + number);
}

void signals_die (int number) {
    prctl (PR_SET_DUMPABLE, 0); /* SIGQUIT would write down all the disks in memory */
    die (number);
}

/* The rest of the start has a limit. */
static void hurry_start (uint64_t now_ns) {
    const struct itimerspec limit = {.it_value.tv_sec = START_ENDS_S};

    ending.host->give_up_ns = now_ns + START_GIVES_UP_S * second_ns;
    if (ending.has_limit)
        timer_settime (ending.limit, 0, &limit, NULL);
}

static void begin_end (int number, uint64_t now_ns) {
    static const uint64_t one = 1;

    ending.first = number;
    if (ending.is_starting)
        hurry_start (now_ns);
    if (write (ending.quit, &one, sizeof one) < 0) { /* it says already that it is time to end */
    }
}

/* Whatever the threads are at.  Scripts that were started die with the process. */
static void end_at_once (void) {
    if (atomic_exchange (&ending.is_over, true))
        return;
    leftovers_remove ();
    signals_die (ending.first);
}

static void on_signal (int number, siginfo_t *info, void *context) {
    uint64_t now_ns = pool_clock_ns (), first_ns = 0;
    int saved = errno;

    (void) context;
    if (getpid () != ending.process) /* the child of a plugin that forks */
        die (number);
    if (info->si_code == SI_TIMER) {
        if (ending.is_starting)
            end_at_once ();
    } else if (atomic_compare_exchange_strong (&ending.first_ns, &first_ns, now_ns)) {
        begin_end (number, now_ns);
    } else if (is_another (info, first_ns, now_ns)) {
        end_at_once ();
    }
    errno = saved;
}

static void handle (bool restart) {
    struct sigaction action = {.sa_sigaction = on_signal,
                               .sa_flags = SA_SIGINFO | (restart ? SA_RESTART : 0)};
    struct sigaction ignore = {.sa_handler = SIG_IGN};

    sigfillset (&action.sa_mask);
    sigemptyset (&ignore.sa_mask);
    for (size_t i = 0; i < NUMBERS; i++)
        sigaction (numbers[i], ending.is_captive && numbers[i] != SIGTERM ? &ignore : &action,
                   NULL);
}

void signals_watch (struct host *host, int quit, bool captive) {
    struct sigevent to_self = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGTERM};
    sigset_t set;

    ending.process = getpid ();
    ending.host = host;
    ending.quit = quit;
    ending.is_captive = captive;
    ending.is_starting = true;
    ending.has_limit = timer_create (CLOCK_MONOTONIC, &to_self, &ending.limit) == 0;
    handle (false); /* whatever the start waits for, a password perhaps, comes to nothing */
    signals_set (&set);
    pthread_sigmask (SIG_UNBLOCK, &set, NULL); /* whoever started this may have blocked them */
}

void signals_ready (void) {
    ending.is_starting = false;
    handle (true); /* requests are finished, so what they wait for must not fail */
}

int signals_came (void) {
    return ending.first;
}
