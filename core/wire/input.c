/* SPDX-License-Identifier: BSD-3-Clause */
/* input.c: bytes that have arrived and are not understood yet. */
#include "input.h"

#include <errno.h>
#include <string.h>

#include "../hostile.h"

enum { CAUTIOUS = TINY (CAUTIOUS, 1024) }; /* bytes received beyond what is wanted, before a large payload */

static uint32_t input_count (const struct input *in) {
    return in->end - in->start;
}

/* Move the rest to the front of a large slab.  Where requests still point into this one it
 * must be another; so it must where this one is small, from a rest: else a client that never
 * pauses would be read in small pieces from then on. */
static int input_move (struct input *in, struct slabs *slabs) {
    uint32_t rest = input_count (in);
    struct slab *s = in->slab;

    if (!s || s->references > 1 || s->capacity < SLAB_LARGE) {
        if (!(s = slab_new (slabs, SLAB_LARGE)))
            return -ENOMEM;
        if (rest > 0)
            memcpy (s->data, in->slab->data + in->start, rest);
        slab_unref (in->slab);
        in->slab = s;
    } else {
        memmove (s->data, s->data + in->start, rest);
    }
    in->start = 0;
    in->end = rest;
    return 0;
}

/* Is there so little room left that a receive would be hardly worth it? */
static bool is_cramped (const struct input *in, size_t want) {
    uint32_t left = in->slab->capacity - in->end;

    return in->start + want > in->slab->capacity || left < SLAB_LARGE / 8;
}

static ssize_t receive (struct input *in, struct transport *t, const struct iovec *pieces,
                        unsigned count) {
    ssize_t n = t->type->recvv (t, pieces, (int) count);
    size_t room = 0;

    for (unsigned i = 0; i < count; i++)
        room += pieces[i].iov_len;
    in->is_short = n > 0 && (size_t) n < room;
    return n;
}

void input_fill (struct input *in, struct iovec *pieces, unsigned n) {
    in->fill = pieces;
    in->fill_n = n;
    in->expects_large = true;
}

/* N bytes more are where they belong. */
static void filled (struct input *in, size_t n) {
    for (; in->fill_n > 0 && in->fill->iov_len <= n; in->fill++, in->fill_n--)
        n -= in->fill->iov_len;
    if (n > 0) {
        in->fill->iov_base = (char *) in->fill->iov_base + n;
        in->fill->iov_len -= n;
    }
}

/* Of what came into the slab, move there what belongs there. */
static void fill_from_slab (struct input *in) {
    while (in->fill_n > 0 && input_count (in) > 0) {
        size_t n = input_count (in);
        if (n > in->fill->iov_len)
            n = in->fill->iov_len;
        memcpy (in->fill->iov_base, in->slab->data + in->start, n);
        in->start += (uint32_t) n;
        filled (in, n);
    }
}

/* Bytes of a large payload that come into the slab must be copied: take few. */
static size_t room_for (const struct input *in, size_t want) {
    size_t room = in->slab->capacity - in->end, few = want + CAUTIOUS;

    return in->expects_large && few < room ? few : room;
}

ssize_t input_receive (struct input *in, struct transport *t, struct slabs *slabs,
                       size_t want) {
    struct iovec piece;
    ssize_t n;

    if (in->fill_n > 0 && in->skip == 0 && input_count (in) == 0) {
        if ((n = receive (in, t, in->fill, in->fill_n)) > 0)
            filled (in, (size_t) n);
        return n;
    }
    if (in->slab && input_count (in) == 0 && in->slab->references == 1)
        in->start = in->end = 0;
    if ((!in->slab || is_cramped (in, want)) && input_move (in, slabs) < 0)
        return -ENOMEM;
    piece = (struct iovec){in->slab->data + in->end, room_for (in, want)};
    if ((n = receive (in, t, &piece, 1)) > 0)
        in->end += (uint32_t) n;
    return n;
}

bool input_has (struct input *in, size_t want) {
    uint32_t n = input_count (in);

    if (in->skip > 0) {
        n = in->skip < n ? (uint32_t) in->skip : n;
        in->start += n;
        in->skip -= n;
    }
    if (in->skip == 0)
        fill_from_slab (in);
    return in->skip == 0 && in->fill_n == 0 && input_count (in) >= want;
}

const uint8_t *input_bytes (const struct input *in) {
    return in->slab ? in->slab->data + in->start : NULL;
}

void input_pass (struct input *in, size_t n) {
    in->start += (uint32_t) n;
}

void input_rest (struct input *in, struct slabs *slabs) {
    uint32_t rest = input_count (in);
    struct slab *s = NULL;

    if (!in->slab || (rest > 0 && rest > SLAB_SMALL) || in->slab->capacity == SLAB_SMALL)
        return;
    if (rest > 0) {
        if (!(s = slab_new (slabs, rest)))
            return;
        memcpy (s->data, in->slab->data + in->start, rest);
    }
    slab_unref (in->slab);
    in->slab = s;
    in->start = 0;
    in->end = rest;
}

void input_clear (struct input *in) {
    slab_unref (in->slab);
    *in = (struct input){0};
}
