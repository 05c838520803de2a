/* SPDX-License-Identifier: BSD-3-Clause */
/* activation.c: sockets that a service manager made and handed over.
 *
 * The protocol is sd_listen_fds(3)'s: LISTEN_PID says for whom, LISTEN_FDS how many.
 * Nobody who is started from here may take them for his own, so the variables are removed. */
#include "activation.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "params.h"

static int take (const char *pid_text, const char *count_text, const struct log *log,
                 struct error *error) {
    uint64_t pid, count;

    int r = parse_unsigned ("LISTEN_PID", pid_text, &pid, error);
    if (r < 0)
        return r;
    if (pid != (uint64_t) getpid ()) {
        log_debug (log, NULL, "LISTEN_PID is %s: the sockets are somebody else's", pid_text);
        return 0;
    }
    r = parse_unsigned ("LISTEN_FDS", count_text, &count, error);
    if (r < 0)
        return r;
    if (count == 0 || count > ACTIVATION_MAX)
        return error_set (error, EINVAL, "LISTEN_FDS is %s: from 1 to %d sockets can be served",
                          count_text, ACTIVATION_MAX);
    return (int) count;
}

int activation_take (const struct log *log, struct error *error) {
    const char *pid = getenv ("LISTEN_PID"), *count = getenv ("LISTEN_FDS");

    int r = pid && count ? take (pid, count, log, error) : 0;
    unsetenv ("LISTEN_PID");
    unsetenv ("LISTEN_FDS");
    unsetenv ("LISTEN_FDNAMES");
    return r;
}
