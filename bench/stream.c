/* SPDX-License-Identifier: BSD-3-Clause */
/* stream.c: the generator's inner loop.
 *
 * It must cost far less than any server, or it would be measured instead of the server:
 * no allocation, no clock and no system call per request; payloads are dropped where they
 * were received.  It never waits in send, so that a server may stop reading until its
 * replies are taken. */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "../core/wire/nbd.h"
#include "clock.h"
#include "stream.h"

static int broken (struct stream *s, int number, const char *why) {
    snprintf (s->remote.failure, sizeof s->remote.failure, "%s", why);
    return -number;
}

int stream_open (struct stream *s, struct remote *remote, struct job *job, unsigned number,
                 unsigned count) {
    uint64_t blocks = job->region / job->block;

    *s = (struct stream) { .remote = *remote, .job = job };
    s->random = 0x9e3779b97f4a7c15 * (number + 1);
    s->next = blocks * number / count * job->block;
    s->slots = calloc (job->depth, sizeof *s->slots);
    s->free = calloc (job->depth, sizeof *s->free);
    s->headers = calloc (job->depth, NBD_REQUEST_SIZE);
    s->pieces = calloc (2 * (size_t) job->depth, sizeof *s->pieces);
    if (s->slots == NULL || s->free == NULL || s->headers == NULL || s->pieces == NULL) {
        stream_close (s);
        return -ENOMEM;
    }
    while (s->n_free < job->depth) {
        s->free[s->n_free] = (uint16_t) s->n_free;
        s->n_free++;
    }
    return 0;
}

void stream_close (struct stream *s) {
    remote_leave (&s->remote);
    free (s->slots);
    free (s->free);
    free (s->headers);
    free (s->pieces);
}

/* Sending */

static uint64_t random_next (struct stream *s) {
    s->random ^= s->random >> 12;
    s->random ^= s->random << 25;
    s->random ^= s->random >> 27;
    return s->random * UINT64_C (0x2545f4914f6cdd1d);
}

/* 0 ≤ result < LIMIT */
static uint64_t random_below (struct stream *s, uint64_t limit) {
    return (uint64_t) ((unsigned __int128) random_next (s) * limit >> 64);
}

static uint64_t next_offset (struct stream *s) {
    const struct job *job = s->job;

    if (!job->sequential)
        return random_below (s, job->region / job->block) * job->block;
    uint64_t offset = s->next;
    s->next = offset + 2 * (uint64_t) job->block > job->region ? 0 : offset + job->block;
    return offset;
}

/* Neighbours in memory go out as one piece. */
static void add_piece (struct stream *s, const uint8_t *data, size_t length) {
    struct iovec *last = s->n_pieces == 0 ? NULL : &s->pieces[s->n_pieces - 1];

    if (last != NULL && (uint8_t *) last->iov_base + last->iov_len == data)
        last->iov_len += length;
    else
        s->pieces[s->n_pieces++] = (struct iovec) { (uint8_t *) data, length };
}

static void add_request (struct stream *s, uint8_t *header, uint64_t now) {
    const struct job *job = s->job;
    uint16_t number = s->free[--s->n_free];
    bool is_read = job->reads_percent == 100 ||
                   (job->reads_percent > 0 && random_below (s, 100) < job->reads_percent);
    uint16_t command = is_read ? NBD_CMD_READ : job->command;

    s->slots[number] = (struct slot) {
        .cookie = ++s->cookies << 16 | number, .sent_ns = now, .is_read = is_read,
    };
    store32 (header, NBD_REQUEST_MAGIC);
    store16 (header + 4, 0);
    store16 (header + 6, command);
    store64 (header + 8, s->slots[number].cookie);
    store64 (header + 16, next_offset (s));
    store32 (header + 24, job->block);
    add_piece (s, header, NBD_REQUEST_SIZE);
    if (command == NBD_CMD_WRITE)
        add_piece (s, job->pool + (random_below (s, job->pool_slack + 1) & ~UINT64_C (63)),
                   job->block);
}

static void forget_sent (struct stream *s, size_t sent) {
    while (sent > 0) {
        struct iovec *piece = &s->pieces[s->first_piece];
        size_t part = sent < piece->iov_len ? sent : piece->iov_len;

        piece->iov_base = (uint8_t *) piece->iov_base + part;
        piece->iov_len -= part;
        sent -= part;
        if (piece->iov_len == 0)
            s->first_piece++;
    }
}

static int send_pieces (struct stream *s) {
    while (stream_is_sending (s)) {
        unsigned n = s->n_pieces - s->first_piece;
        struct msghdr message = {
            .msg_iov = s->pieces + s->first_piece, .msg_iovlen = n < IOV_MAX ? n : IOV_MAX,
        };
        ssize_t sent = sendmsg (s->remote.fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);

        if (sent < 0)
            return errno == EAGAIN ? 0 : broken (s, errno, strerror (errno));
        forget_sent (s, (size_t) sent);
    }
    return 0;
}

int stream_fill (struct stream *s) {
    if (!stream_is_sending (s) && s->n_free > 0 && s->job->left > 0) {
        uint64_t now = clock_ns ();
        uint8_t *header = s->headers;

        s->first_piece = s->n_pieces = 0;
        for (; s->n_free > 0 && s->job->left > 0; s->job->left--, header += NBD_REQUEST_SIZE)
            add_request (s, header, now);
    }
    return send_pieces (s);
}

/* Receiving */

static struct slot *find_slot (struct stream *s, uint64_t cookie) {
    unsigned number = cookie & 0xffff;

    if (number >= s->job->depth || cookie == 0 || s->slots[number].cookie != cookie)
        return NULL;
    return &s->slots[number];
}

static int finish (struct stream *s, struct slot *slot, uint64_t now) {
    struct job *job = s->job;

    if (slot->error != 0 && job->errors++ == 0)
        job->first_error = slot->error;
    if (slot->error == 0 && slot->is_read && slot->got != job->block)
        return broken (s, EPROTO, "a read was answered with too few or too many bytes");
    histogram_add (&job->times, now - slot->sent_ns);
    job->done++;
    slot->cookie = 0;
    s->free[s->n_free++] = (uint16_t) (slot - s->slots);
    return 0;
}

static int take_simple (struct stream *s, const uint8_t *head) {
    struct slot *slot = find_slot (s, load64 (head + 8));

    if (slot == NULL)
        return broken (s, EPROTO, "a reply to nothing that was asked");
    if (s->remote.structured && slot->is_read)
        return broken (s, EPROTO, "a simple reply to a read where structured ones were agreed");
    slot->error = load32 (head + 4);
    s->skip = slot->is_read && slot->error == 0 ? s->job->block : 0;
    slot->got = s->skip;
    s->last = slot;
    return NBD_SIMPLE_REPLY_SIZE;
}

/* Of each type of chunk: bytes of its payload that say something. */
static int chunk_head (uint16_t type) {
    return type == NBD_REPLY_TYPE_OFFSET_HOLE ? 12 : type & 1 << 15 ? 4 : 0;
}

static int take_chunk (struct stream *s, const uint8_t *head, size_t n) {
    uint16_t flags = load16 (head + 4), type = load16 (head + 6);
    struct slot *slot = find_slot (s, load64 (head + 8));
    uint32_t length = load32 (head + 16);
    int extra = chunk_head (type);

    if (slot == NULL)
        return broken (s, EPROTO, "a chunk of nothing that was asked");
    if (length < (uint32_t) extra || (type == NBD_REPLY_TYPE_OFFSET_DATA && length < 8))
        return broken (s, EPROTO, "a chunk that is too short");
    if (n < (size_t) (NBD_STRUCTURED_REPLY_SIZE + extra))
        return 0;
    if (type == NBD_REPLY_TYPE_OFFSET_HOLE)
        slot->got += load32 (head + 28);
    else if (type == NBD_REPLY_TYPE_OFFSET_DATA)
        slot->got += length - 8;
    else if (extra > 0)
        slot->error = load32 (head + 20);
    s->skip = length - (uint32_t) extra;
    s->last = flags & NBD_REPLY_FLAG_DONE ? slot : NULL;
    return NBD_STRUCTURED_REPLY_SIZE + extra;
}

/* Bytes of a reply's head that were used up; 0 if more must come; -errno. */
static int take_head (struct stream *s, const uint8_t *head, size_t n) {
    if (n < NBD_SIMPLE_REPLY_SIZE)
        return 0;
    if (load32 (head) == NBD_SIMPLE_REPLY_MAGIC)
        return take_simple (s, head);
    if (load32 (head) != NBD_STRUCTURED_REPLY_MAGIC || !s->remote.structured)
        return broken (s, EPROTO, "that is not a reply");
    return n < NBD_STRUCTURED_REPLY_SIZE ? 0 : take_chunk (s, head, n);
}

static int parse (struct stream *s, const uint8_t *data, size_t n, uint64_t now) {
    while (n > 0 || s->last != NULL) {
        size_t part = s->skip < n ? s->skip : n;
        int error;

        s->skip -= part;
        data += part;
        n -= part;
        if (s->skip > 0)
            return 0;
        if (s->last != NULL && (error = finish (s, s->last, now)) < 0)
            return error;
        s->last = NULL;
        int used = take_head (s, data, n);
        if (used < 0)
            return used;
        if (used == 0) { /* fewer bytes than the longest head: they fit */
            memcpy (s->carry, data, n);
            s->n_carry = (unsigned) n;
            return 0;
        }
        data += used;
        n -= (size_t) used;
    }
    return 0;
}

/* Wait for bytes or room; only needed while something is half sent. */
static void wait_for_either (struct stream *s) {
    struct pollfd p = { .fd = s->remote.fd, .events = POLLIN | POLLOUT };

    poll (&p, 1, REMOTE_PATIENCE_S * 1000);
}

int stream_turn (struct stream *s, bool wait) {
    uint8_t *buffer = s->job->buffer;
    int error = 0;

    if (wait && stream_is_sending (s)) {
        wait_for_either (s);
        wait = false;
    }
    memcpy (buffer, s->carry, s->n_carry);
    ssize_t got = recv (s->remote.fd, buffer + s->n_carry, STREAM_BUFFER - s->n_carry,
                        wait ? 0 : MSG_DONTWAIT);
    if (got == 0)
        return broken (s, ECONNRESET, "the server hung up");
    if (got < 0 && (errno != EAGAIN || wait))
        return broken (s, errno, errno == EAGAIN ? "no reply for 10 seconds" : strerror (errno));
    if (got > 0) {
        size_t n = s->n_carry + (size_t) got;

        s->n_carry = 0;
        error = parse (s, buffer, n, clock_ns ());
    }
    return error < 0 ? error : stream_fill (s);
}
