/* SPDX-License-Identifier: BSD-3-Clause */
/* process.h: what the kernel says of a server's process.
 *
 * The CPU time is that of all its threads, also those that have ended, to the ns. */
#ifndef BENCH_PROCESS_H
#define BENCH_PROCESS_H

#include <stdint.h>
#include <sys/types.h>

struct process {
    long rss_kib, threads; /* -1: cannot be read */
};

uint64_t process_cpu_ns (pid_t); /* 0: there is no such process */
struct process process_look (pid_t);

/* Start a program; its standard input is /dev/null.  -1 with errno set. */
pid_t process_start (char *const argv[]);

/* Ask it to end and wait until it has. */
void process_end (pid_t);

#endif
