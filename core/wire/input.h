/* SPDX-License-Identifier: BSD-3-Clause */
/* input.h: bytes that have arrived and are not understood yet.
 *
 *      slab  |  done with  | start .. end |  room  |
 *
 * What is understood is passed over, not moved, because requests go on pointing to it.
 * Two shortcuts: bytes to be thrown away are never kept, and a large payload is received
 * where it will stay.  Used by the owner of the connection's turn. */
#ifndef STELE_INPUT_H
#define STELE_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "slab.h"
#include "transport.h"

struct input {
    struct slab *slab; /* NULL while there is nothing */
    uint32_t start, end;
    uint64_t skip; /* so many of the next bytes mean nothing */
    struct iovec *fill; /* the next bytes belong in these; after the skipped ones */
    unsigned fill_n;    /* none is empty */
    bool is_short;      /* the last receive got less than it had room for */
    bool expects_large; /* the last payload was a large one, so probably the next is too */
};

/* The next bytes belong in these N pieces, none of them empty, which are used up meanwhile. */
void input_fill (struct input *, struct iovec *pieces, unsigned n);

/* Receive once.  Bytes received; 0 the end; -EAGAIN; -errno.  WANT is how many bytes there
 * must be room for in one piece, at most SLAB_LARGE. */
ssize_t input_receive (struct input *, struct transport *, struct slabs *, size_t want);

/* Do away with what is skipped and filled; then, are WANT bytes there in one piece? */
bool input_has (struct input *, size_t want);

/* Those bytes, and past them. */
const uint8_t *input_bytes (const struct input *);
void input_pass (struct input *, size_t n);

/* Nothing will happen for a while: keep little memory, or none. */
void input_rest (struct input *, struct slabs *);
void input_clear (struct input *);

#endif
