/* SPDX-License-Identifier: BSD-3-Clause */
/* output.h: replies on their way out.
 *
 *      first ─▶ packet ─▶ packet ─▶ packet        each with its list of pieces
 *
 * A packet lies in what it answers; its pieces point to header and data where they are.
 * What the kernel did not take stays and is tried again when it has room.  Used by the
 * owner of the connection's turn. */
#ifndef STELE_OUTPUT_H
#define STELE_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "transport.h"

struct packet {
    struct packet *next;
    struct iovec *pieces; /* what is left to send; the packet's own to change */
    unsigned n;
    void (*release) (struct packet *, void *of); /* it is sent, or dropped */
};

struct output {
    struct packet *first, **last;
    uint64_t bytes; /* not sent yet */
    void *of;       /* for release */
};

void output_init (struct output *, void *of);
void output_push (struct output *, struct packet *);

/* A packet of its own, to be filled in before anything else is pushed: where its LENGTH
 * bytes go, or NULL when out of memory. */
uint8_t *output_add (struct output *, size_t length);

/* Send as much as can be sent now.  0 or -errno: the transport is broken. */
int output_send (struct output *, struct transport *);
void output_drop (struct output *);

static inline bool output_is_empty (const struct output *o) {
    return o->first == NULL;
}

#endif
