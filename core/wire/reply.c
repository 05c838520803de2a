/* SPDX-License-Identifier: BSD-3-Clause */
/* reply.c: a finished command put into the bytes of its reply.
 *
 *      simple      header | data
 *      structured  header, offset | data      or chunk after chunk where there are holes
 *      extended    the same with longer headers
 *
 * One chunk uses the command's own room; many take one allocation, and if that fails the
 * reply is given in a form that needs none. */
#include "reply.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "connection.h"
#include "nbd.h"

enum { STATUS_MAX = 64 << 10 }; /* descriptors in one chunk */

static size_t header_size (const struct connection *c) {
    return c->style == REPLY_EXTENDED ? NBD_EXTENDED_REPLY_SIZE : NBD_STRUCTURED_REPLY_SIZE;
}

/* A chunk's header, with LENGTH bytes to follow it. */
static uint8_t *put_chunk (const struct connection *c, const struct command *k, void *p,
                           uint16_t flags, uint16_t type, uint64_t length) {
    bool is_extended = c->style == REPLY_EXTENDED;

    p = store32 (p, is_extended ? NBD_EXTENDED_REPLY_MAGIC : NBD_STRUCTURED_REPLY_MAGIC);
    p = store16 (p, flags);
    p = store16 (p, type);
    p = store64 (p, k->cookie);
    if (!is_extended)
        return store32 (p, (uint32_t) length);
    p = store64 (p, k->request.offset);
    return store64 (p, length);
}

static void add_piece (struct packet *packet, const void *base, size_t n) {
    packet->pieces[packet->n++] = (struct iovec){(void *) base, n};
}

/* "Error values": two are for one kind of command each; to others they are EINVAL. */
static uint32_t error_value (const struct connection *c, const struct command *k) {
    uint32_t value = error_wire (-k->result);

    if ((value == error_wire (ENOTSUP) && !(k->flags & NBD_CMD_FLAG_FAST_ZERO)) ||
        (value == error_wire (EOVERFLOW) &&
         (k->type != NBD_CMD_READ || c->style == REPLY_SIMPLE)))
        return error_wire (EINVAL);
    return value;
}

static void put_simple (const struct connection *c, struct command *k) {
    void *p = k->head;

    p = store32 (p, NBD_SIMPLE_REPLY_MAGIC);
    p = store32 (p, k->result < 0 ? error_value (c, k) : 0);
    store64 (p, k->cookie);
    add_piece (&k->packet, k->head, NBD_SIMPLE_REPLY_SIZE);
}

static void put_none (const struct connection *c, struct command *k) {
    put_chunk (c, k, k->head, NBD_REPLY_FLAG_DONE, NBD_REPLY_TYPE_NONE, 0);
    add_piece (&k->packet, k->head, header_size (c));
}

/* "Structured reply types": the error, its sentence, and perhaps where it happened. */
static void put_error (const struct connection *c, struct command *k) {
    const char *text = k->error.number ? k->error.text : "";
    bool at = k->request.error_at && k->request.error_offset >= k->request.offset &&
              k->request.error_offset - k->request.offset < k->request.count;
    uint16_t n = (uint16_t) strnlen (text, sizeof k->error.text);
    uint8_t *p = put_chunk (c, k, k->head, NBD_REPLY_FLAG_DONE,
                            at ? NBD_REPLY_TYPE_ERROR_OFFSET : NBD_REPLY_TYPE_ERROR,
                            6u + n + (at ? 8u : 0u));

    p = store32 (p, error_value (c, k));
    p = store16 (p, n);
    add_piece (&k->packet, k->head, header_size (c) + 6);
    if (n > 0)
        add_piece (&k->packet, text, n);
    if (at) {
        store64 (p, k->request.error_offset);
        add_piece (&k->packet, p, 8);
    }
}

/* The data from START to END of a read's, from wherever it lies. */
static void add_data (struct command *k, uint32_t start, uint32_t end) {
    const char *data = k->request.data;

    for (uint32_t i = 0; i < k->loans.n && start < end; i++) {
        const struct loan *loan = &k->loans.v[i];
        if (loan->start < start || loan->start >= end)
            continue;
        if (loan->start > start)
            add_piece (&k->packet, data + start, loan->start - start);
        add_piece (&k->packet, loan->bytes, loan->length);
        start = loan->start + loan->length;
    }
    if (start < end)
        add_piece (&k->packet, data + start, end - start);
}

static void put_data (const struct connection *c, struct command *k) {
    const struct request *r = &k->request;
    void *p = put_chunk (c, k, k->head, NBD_REPLY_FLAG_DONE, NBD_REPLY_TYPE_OFFSET_DATA,
                         8 + r->count);

    store64 (p, r->offset);
    add_piece (&k->packet, k->head, header_size (c) + 8);
    add_data (k, 0, (uint32_t) r->count);
}

static uint8_t *put_data_chunk (const struct connection *c, struct command *k, uint8_t *p,
                                uint64_t start, uint64_t end) {
    const struct request *r = &k->request;
    uint8_t *begin = p;

    if (start == end)
        return p;
    p = put_chunk (c, k, p, end == r->count ? NBD_REPLY_FLAG_DONE : 0,
                   NBD_REPLY_TYPE_OFFSET_DATA, 8 + end - start);
    p = store64 (p, r->offset + start);
    add_piece (&k->packet, begin, (size_t) (p - begin));
    add_data (k, (uint32_t) start, (uint32_t) end);
    return p;
}

static uint8_t *put_hole_chunk (const struct connection *c, struct command *k, uint8_t *p,
                                const struct hole *hole) {
    const struct request *r = &k->request;
    bool is_last = hole->start + (uint64_t) hole->length == r->count;
    uint8_t *begin = p;

    p = put_chunk (c, k, p, is_last ? NBD_REPLY_FLAG_DONE : 0, NBD_REPLY_TYPE_OFFSET_HOLE, 12);
    p = store64 (p, r->offset + hole->start);
    p = store32 (p, hole->length);
    add_piece (&k->packet, begin, (size_t) (p - begin));
    return p;
}

/* Chunk after chunk: false when out of memory.  N holes have at most N + 1 stretches of
 * data around them, each with a header, and what is lent cuts these further. */
static bool put_chunks (const struct connection *c, struct command *k) {
    uint32_t n = k->holes.n;
    size_t pieces = 3 * n + 2 + 2 * k->loans.n, heads = (2 * n + 1) * (header_size (c) + 12);
    uint64_t done = 0;
    uint8_t *p;

    if (!(k->chunks = malloc (pieces * sizeof (struct iovec) + heads)))
        return false;
    k->packet.pieces = k->chunks;
    p = (uint8_t *) k->chunks + pieces * sizeof (struct iovec);
    for (uint32_t i = 0; i < n; i++) {
        const struct hole *hole = &k->hole_room[i];
        p = put_data_chunk (c, k, p, done, hole->start);
        p = put_hole_chunk (c, k, p, hole);
        done = hole->start + (uint64_t) hole->length;
    }
    put_data_chunk (c, k, p, done, k->request.count);
    return true;
}

static void put_read (const struct connection *c, struct command *k) {
    if (k->request.count == 0) {
        put_none (c, k);
    } else if (k->holes.n == 0 || !put_chunks (c, k)) {
        request_fill_holes (&k->request);
        put_data (c, k);
    }
}

static size_t status_count (const struct command *k, const struct extents *e) {
    if (k->request.flags & REQUEST_REQ_ONE)
        return 1;
    return e->n < STATUS_MAX ? e->n : STATUS_MAX;
}

/* Compact lengths have 32 bits; what is cut off, the client asks for next. */
static uint8_t *put_status (const struct connection *c, const struct command *k, uint8_t *p,
                            unsigned i) {
    const struct status *s = k->status;
    const struct extents *e = &s->extents[i];
    size_t n = status_count (k, e);
    bool is_extended = c->style == REPLY_EXTENDED;

    p = put_chunk (c, k, p, i + 1 == s->n ? NBD_REPLY_FLAG_DONE : 0,
                   is_extended ? NBD_REPLY_TYPE_BLOCK_STATUS_EXT : NBD_REPLY_TYPE_BLOCK_STATUS,
                   is_extended ? 8 + n * 16 : 4 + n * 8);
    p = store32 (p, c->contexts.v[s->selected[i]].id);
    if (is_extended)
        p = store32 (p, (uint32_t) n);
    for (size_t j = 0; j < n; j++)
        if (is_extended) {
            p = store64 (p, e->v[j].length);
            p = store64 (p, e->v[j].type);
        } else {
            p = store32 (p, (uint32_t) e->v[j].length);
            p = store32 (p, e->v[j].type);
        }
    return p;
}

static bool put_statuses (const struct connection *c, struct command *k) {
    const struct status *s = k->status;
    size_t size = 0;
    uint8_t *p;

    for (unsigned i = 0; i < s->n; i++)
        size += header_size (c) + 8 + status_count (k, &s->extents[i]) * 16;
    if (!(p = k->chunks = malloc (size)))
        return false;
    for (unsigned i = 0; i < s->n; i++)
        p = put_status (c, k, p, i);
    add_piece (&k->packet, k->chunks, (size_t) (p - (uint8_t *) k->chunks));
    return true;
}

static void put_structured (const struct connection *c, struct command *k) {
    if (k->result == 0 && k->status && !put_statuses (c, k))
        k->result = -ENOMEM;
    if (k->result < 0)
        put_error (c, k);
    else if (k->status)
        return;
    else if (k->type == NBD_CMD_READ)
        put_read (c, k);
    else if (c->style == REPLY_EXTENDED)
        put_none (c, k);
    else
        put_simple (c, k); /* allowed, and shorter */
}

static void reply_sent (struct packet *packet, void *of) {
    struct command *k = container_of (packet, struct command, packet);
    struct connection *c = of;

    c->commands--;
    c->bytes -= k->charge;
    command_release (k, &c->spare);
}

void reply_push (struct connection *c, struct command *k) {
    k->packet = (struct packet){.pieces = k->pieces, .release = reply_sent};
    if (k->result < 0)
        connection_debug (c, "command %u at %ju: %s", k->type, (uintmax_t) k->request.offset,
                          k->error.number ? k->error.text : strerror (-k->result));
    if (c->style != REPLY_SIMPLE) {
        put_structured (c, k);
    } else {
        put_simple (c, k);
        if (k->result == 0 && k->type == NBD_CMD_READ && k->request.count > 0)
            add_data (k, 0, (uint32_t) k->request.count);
    }
    output_push (&c->output, &k->packet);
}
