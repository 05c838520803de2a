/* SPDX-License-Identifier: BSD-3-Clause */
/* helpers_sleep.c: waiting, but not for longer than it makes sense.
 *
 * There is no sense in it when the client has gone, which its socket tells at once, or the
 * server ends, which is looked at every now and then. */
#include <limits.h>
#include <poll.h>

#include "../../core/pool.h"
#include "helpers.h"

static const uint64_t second_ns = UINT64_C (1000000000), tick_ns = UINT64_C (50000000);

static int end_sleep (const char *why) {
    nbdkit_error ("nbdkit_nanosleep: %s", why);
    errno = ESHUTDOWN;
    return -1;
}

static bool is_ending (void) {
    const struct host *host = helper_host ();

    return host && host->give_up_ns != 0;
}

int nbdkit_nanosleep (unsigned seconds, unsigned nanoseconds) {
    const struct session *s = now_session ();
    struct pollfd client = {.fd = s ? s->socket : -1, .events = POLLRDHUP};
    uint64_t now_ns = pool_clock_ns (), end_ns;

    if (seconds > INT_MAX) {
        nbdkit_error ("nbdkit_nanosleep: %u seconds is no time to wait", seconds);
        errno = EINVAL;
        return -1;
    }
    for (end_ns = now_ns + seconds * second_ns + nanoseconds; now_ns < end_ns;
         now_ns = pool_clock_ns ()) {
        uint64_t left_ns = end_ns - now_ns < tick_ns ? end_ns - now_ns : tick_ns;
        struct timespec wait = {.tv_nsec = (long) left_ns};
        if (is_ending ())
            return end_sleep ("the server ends");
        if (ppoll (&client, 1, &wait, NULL) > 0)
            return end_sleep ("the client has gone");
    }
    return 0;
}
