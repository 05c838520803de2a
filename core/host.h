/* SPDX-License-Identifier: BSD-3-Clause */
/* host.h: what a process offers to the devices and scripts that live in it.
 *
 * A server has one; so has the prompt.  Everything in it outlives every device. */
#ifndef STELE_HOST_H
#define STELE_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "log.h"

struct pool;

struct host {
    struct log log;
    struct pool *pool;
    const char *script_dir; /* the folder that holds plugins/ and filters/ */
    bool stdio_safe;        /* standard input and output are the user's, not the wire's */

    /* The server is ending: who waits for something outside of it gives up at this moment
     * (pool_clock_ns), so that its clients can still be answered.  0: it is not. */
    _Atomic uint64_t give_up_ns;

    /* End the server that this host serves, as SIGTERM would; NULL where there is none. */
    void (*shutdown) (struct host *);

    /* Has that been asked for, though perhaps not begun, because the server is still waiting
     * for something else?  NULL where there is none. */
    bool (*wants_end) (const struct host *);
};

#endif
