/* SPDX-License-Identifier: BSD-3-Clause */
/* stream.h: one connection kept full of requests.
 *
 *      fill ─▶ headers, pieces ─send▶ server ─recv▶ parse ─▶ free slots ─▶ fill
 *
 * A turn is one recv of whatever has arrived and one send of as many new requests.  All
 * memory is taken when the stream is opened; the receive buffer is shared by all streams,
 * for only one has its turn at a time. */
#ifndef BENCH_STREAM_H
#define BENCH_STREAM_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>

#include "histogram.h"
#include "remote.h"

enum { STREAM_DEPTH_MAX = 4096, STREAM_BUFFER = 256 << 10 };

/* What all streams do together. */
struct job {
    uint16_t command;       /* NBD_CMD_*: of what is not a read */
    unsigned reads_percent; /* how many of a hundred are reads */
    bool sequential;
    uint32_t block;   /* bytes of a request */
    uint64_t region;  /* bytes of the export that are used; a multiple of block */
    unsigned depth;   /* requests in flight on each stream */
    uint64_t left;    /* requests not yet sent */
    const uint8_t *pool; /* what is written: block + pool_slack bytes */
    uint32_t pool_slack;
    uint8_t *buffer; /* STREAM_BUFFER bytes */

    uint64_t done, errors; /* requests answered; of these, with an error */
    uint32_t first_error;  /* the first error's number on the wire */
    struct histogram times;
};

struct slot {
    uint64_t cookie;  /* 0: not in flight */
    uint64_t sent_ns;
    uint64_t got;     /* bytes of a read that have been described */
    uint32_t error;
    bool is_read;
};

struct stream {
    struct remote remote;
    struct job *job;
    uint64_t random, next, cookies;

    struct slot *slots;
    uint16_t *free; /* a stack of numbers of slots */
    unsigned n_free;

    uint8_t *headers;     /* of the batch that is being sent */
    struct iovec *pieces; /* what of it is left to send */
    unsigned first_piece, n_pieces;

    struct slot *last;  /* it is done when `skip` bytes more have come; or NULL */
    uint64_t skip;      /* bytes of payload that still have to come */
    uint8_t carry[32];  /* the beginning of a head */
    unsigned n_carry;
    bool watches_out;
};

/* NUMBER of COUNT streams, over a remote that is connected and becomes the stream's, also
 * when it fails.  0 or -ENOMEM. */
int stream_open (struct stream *, struct remote *, struct job *, unsigned number, unsigned count);
void stream_close (struct stream *);

int stream_fill (struct stream *); /* send new requests, if none are half sent; 0 or -errno */

/* Receive what there is (waiting for it if WAIT), then fill.  0 or -errno with a sentence
 * in remote.failure. */
int stream_turn (struct stream *, bool wait);

static inline bool stream_is_sending (const struct stream *s) {
    return s->first_piece < s->n_pieces;
}

static inline bool stream_is_idle (const struct stream *s) {
    return s->n_free == s->job->depth;
}

#endif
