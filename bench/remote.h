/* SPDX-License-Identifier: BSD-3-Clause */
/* remote.h: a server at the other end of a Unix socket, after the handshake.
 *
 * Straight code that waits, with a time limit: only what comes after the handshake is
 * measured.  A failure leaves a sentence in `failure` and nothing open. */
#ifndef BENCH_REMOTE_H
#define BENCH_REMOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { REMOTE_PATIENCE_S = 10 }; /* seconds without an answer are a failure */

struct remote {
    int fd;
    uint64_t size;   /* bytes of the export */
    uint16_t flags;  /* transmission flags */
    bool structured; /* in: ask for structured replies; out: they will come */
    char failure[200];
};

/* Connect, trying again while nobody listens yet; the pause in between is short.  0 or
 * -errno. */
int remote_connect (struct remote *, const char *path, double patience_s);

/* Agree on an export.  0 or -errno. */
int remote_handshake (struct remote *, const char *export_name);

/* Read and throw away; waits for the answer.  0 or -errno. */
int remote_read (struct remote *, uint32_t length, uint64_t offset);

/* Say goodbye (best effort), and close. */
void remote_leave (struct remote *);
void remote_close (struct remote *);

#endif
