/* SPDX-License-Identifier: BSD-3-Clause */
/* output.c: replies on their way out: all that wait go with one call, as far as the
 * kernel takes them. */
#include "output.h"

#include <errno.h>
#include <stdlib.h>

#include "../hostile.h"
#include "../task.h"

enum { PIECES_AT_ONCE = TINY (PIECES, 256) };

void output_init (struct output *o, void *of) {
    o->first = NULL;
    o->last = &o->first;
    o->bytes = 0;
    o->of = of;
}

void output_push (struct output *o, struct packet *p) {
    for (unsigned i = 0; i < p->n; i++)
        o->bytes += p->pieces[i].iov_len;
    p->next = NULL;
    *o->last = p;
    o->last = &p->next;
}

/* A packet that belongs to nothing else. */
struct parcel {
    struct packet packet;
    struct iovec piece;
    uint8_t bytes[];
};

static void parcel_release (struct packet *p, void *of) {
    (void) of;
    free (container_of (p, struct parcel, packet));
}

uint8_t *output_add (struct output *o, size_t length) {
    struct parcel *p = malloc (sizeof *p + length);

    if (!p)
        return NULL;
    p->piece = (struct iovec){p->bytes, length};
    p->packet = (struct packet){.pieces = &p->piece, .n = 1, .release = parcel_release};
    output_push (o, &p->packet);
    return p->bytes;
}

static void output_pop (struct output *o) {
    struct packet *p = o->first;

    if (!(o->first = p->next))
        o->last = &o->first;
    p->release (p, o->of);
}

static int gather (const struct output *o, struct iovec *iov) {
    int n = 0;

    for (const struct packet *p = o->first; p; p = p->next)
        for (unsigned i = 0; i < p->n; i++) {
            if (n == PIECES_AT_ONCE)
                return n;
            iov[n++] = p->pieces[i];
        }
    return n;
}

/* The first SENT bytes are gone. */
static void advance (struct output *o, size_t sent) {
    o->bytes -= sent;
    while (o->first) {
        struct packet *p = o->first;
        for (; p->n > 0 && p->pieces->iov_len <= sent; p->pieces++, p->n--)
            sent -= p->pieces->iov_len;
        if (p->n > 0) {
            p->pieces->iov_base = (char *) p->pieces->iov_base + sent;
            p->pieces->iov_len -= sent;
            return;
        }
        output_pop (o);
    }
}

int output_send (struct output *o, struct transport *t) {
    struct iovec iov[PIECES_AT_ONCE];

    while (o->first) {
        ssize_t sent = t->type->sendv (t, iov, gather (o, iov));
        if (sent == -EAGAIN)
            return 0;
        if (sent < 0)
            return (int) sent;
        advance (o, (size_t) sent);
    }
    return 0;
}

void output_drop (struct output *o) {
    while (o->first)
        output_pop (o);
    o->bytes = 0;
}
