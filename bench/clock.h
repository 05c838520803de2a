/* SPDX-License-Identifier: BSD-3-Clause */
/* clock.h: the time that only goes forward, in ns.
 *
 * Asked once per batch, never once per request. */
#ifndef BENCH_CLOCK_H
#define BENCH_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline uint64_t clock_read (clockid_t id) {
    struct timespec now = { 0 };

    clock_gettime (id, &now);
    return (uint64_t) now.tv_sec * 1000000000 + (uint64_t) now.tv_nsec;
}

static inline uint64_t clock_ns (void) {
    return clock_read (CLOCK_MONOTONIC);
}

#endif
