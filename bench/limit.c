/* SPDX-License-Identifier: BSD-3-Clause */
/* limit.c: the least that speaks NBD over a Unix socket.
 *
 * One flat buffer, one thread, one recv and one sendmsg for each batch; replies point
 * into the buffer, payloads that come alone are received straight into it.  What a server
 * with a script, a pool of threads and a sparse disk can be measured against: it shows
 * what the socket itself costs.  Never for use: it has no limits, waits for a client's
 * handshake, and a client that does not read its replies holds up the others. */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "../core/wire/nbd.h"

enum { ROOM = 128 << 10, REPLIES = IOV_MAX / 2 };

enum {
    FLAGS = NBD_FLAG_HAS_FLAGS | NBD_FLAG_SEND_FLUSH | NBD_FLAG_SEND_FUA | NBD_FLAG_SEND_TRIM |
            NBD_FLAG_SEND_WRITE_ZEROES | NBD_FLAG_CAN_MULTI_CONN
};

struct client {
    int fd;
    uint8_t carry[NBD_REQUEST_SIZE]; /* the beginning of a request */
    unsigned n_carry;
    uint8_t *into;  /* where the rest of a payload goes */
    uint64_t wanted; /* bytes of it that are still to come */
};

struct limit {
    uint8_t *disk;
    uint64_t size;
    int listener, epoll;
    uint8_t *buffer; /* ROOM bytes: a batch of requests */
    uint8_t heads[REPLIES][NBD_SIMPLE_REPLY_SIZE];
    struct iovec pieces[2 * REPLIES];
    unsigned n_replies, n_pieces;
};

/* Handshake: one client at a time, waiting for it */

static bool put (int fd, const void *data, size_t n) {
    return send (fd, data, n, MSG_NOSIGNAL) == (ssize_t) n;
}

static bool get (int fd, void *data, size_t n) {
    return n == 0 || recv (fd, data, n, MSG_WAITALL) == (ssize_t) n;
}

static bool put_reply (int fd, uint32_t option, uint32_t type, const void *data, uint32_t n) {
    uint8_t reply[20 + 16];

    store64 (reply, NBD_REP_MAGIC);
    store32 (reply + 8, option);
    store32 (reply + 12, type);
    store32 (reply + 16, n);
    memcpy (reply + 20, data, n);
    return put (fd, reply, 20 + n);
}

static bool put_info (const struct limit *l, int fd, uint32_t option) {
    uint8_t info[12];

    store16 (info, NBD_INFO_EXPORT);
    store64 (info + 2, l->size);
    store16 (info + 10, FLAGS);
    return put_reply (fd, option, NBD_REP_INFO, info, sizeof info) &&
           put_reply (fd, option, NBD_REP_ACK, "", 0);
}

static bool put_export (const struct limit *l, int fd, bool zeroes) {
    uint8_t export[10 + 124] = { 0 };

    store64 (export, l->size);
    store16 (export + 8, FLAGS);
    return put (fd, export, zeroes ? sizeof export : 10);
}

static bool shake_hands (const struct limit *l, int fd) {
    uint8_t greeting[18], flags[4], head[16], data[2 * NBD_MAX_STRING];

    store64 (greeting, NBD_MAGIC);
    store64 (greeting + 8, NBD_OPTS_MAGIC);
    store16 (greeting + 16, NBD_FLAG_FIXED_NEWSTYLE | NBD_FLAG_NO_ZEROES);
    if (!put (fd, greeting, sizeof greeting) || !get (fd, flags, sizeof flags))
        return false;
    while (get (fd, head, sizeof head) && load64 (head) == NBD_OPTS_MAGIC) {
        uint32_t option = load32 (head + 8), length = load32 (head + 12);

        if (length > sizeof data || !get (fd, data, length))
            return false;
        if (option == NBD_OPT_EXPORT_NAME)
            return put_export (l, fd, !(load32 (flags) & NBD_FLAG_NO_ZEROES));
        if (option == NBD_OPT_ABORT)
            return put_reply (fd, option, NBD_REP_ACK, "", 0) && false;
        bool known = option == NBD_OPT_GO || option == NBD_OPT_INFO;
        if (known ? !put_info (l, fd, option)
                  : !put_reply (fd, option, NBD_REP_ERR_UNSUP, "", 0))
            return false;
        if (option == NBD_OPT_GO)
            return true;
    }
    return false;
}

static void welcome (struct limit *l) {
    struct timeval patience = { .tv_sec = 10 };
    int room = 4 << 20, fd = accept4 (l->listener, NULL, NULL, SOCK_CLOEXEC);
    struct client *c = calloc (1, sizeof *c);

    if (fd < 0 || c == NULL)
        goto refuse;
    setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt (fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    if (!shake_hands (l, fd))
        goto refuse;
    c->fd = fd;
    if (epoll_ctl (l->epoll, EPOLL_CTL_ADD, fd,
                   &(struct epoll_event) { .events = EPOLLIN, .data.ptr = c }) == 0)
        return;
refuse:
    free (c);
    if (fd >= 0)
        close (fd);
}

/* Replies */

/* Send all that has been answered; waits for a client that is slow to read. */
static bool send_replies (struct limit *l, const struct client *c) {
    struct iovec *piece = l->pieces, *end = l->pieces + l->n_pieces;

    l->n_replies = l->n_pieces = 0;
    while (piece < end) {
        struct msghdr message = { .msg_iov = piece, .msg_iovlen = (size_t) (end - piece) };
        ssize_t sent = sendmsg (c->fd, &message, MSG_NOSIGNAL);

        if (sent < 0)
            return false;
        for (; piece < end && (size_t) sent >= piece->iov_len; piece++)
            sent -= (ssize_t) piece->iov_len;
        if (piece < end) {
            piece->iov_base = (uint8_t *) piece->iov_base + sent;
            piece->iov_len -= (size_t) sent;
        }
    }
    return true;
}

static bool answer (struct limit *l, const uint8_t *cookie, uint32_t error, uint8_t *data,
                    uint32_t length) {
    uint8_t *head = l->heads[l->n_replies];
    struct iovec *last = l->n_pieces == 0 ? NULL : &l->pieces[l->n_pieces - 1];

    store32 (head, NBD_SIMPLE_REPLY_MAGIC);
    store32 (head + 4, error);
    memcpy (head + 8, cookie, 8);
    if (last != NULL && (uint8_t *) last->iov_base + last->iov_len == head)
        last->iov_len += NBD_SIMPLE_REPLY_SIZE;
    else
        l->pieces[l->n_pieces++] = (struct iovec) { head, NBD_SIMPLE_REPLY_SIZE };
    if (length > 0)
        l->pieces[l->n_pieces++] = (struct iovec) { data, length };
    l->n_replies++;
    return true;
}

/* Requests */

/* False: hang up. */
static bool serve (struct limit *l, struct client *c, const uint8_t *request) {
    uint16_t command = load16 (request + 6);
    uint64_t offset = load64 (request + 16);
    uint32_t length = load32 (request + 24);

    if (load32 (request) != NBD_REQUEST_MAGIC || command == NBD_CMD_DISC)
        return false;
    if (l->n_replies == REPLIES && !send_replies (l, c))
        return false;
    if (offset > l->size || length > l->size - offset)
        return command != NBD_CMD_WRITE && answer (l, request + 8, 22, NULL, 0);
    switch (command) {
    case NBD_CMD_READ:
        return answer (l, request + 8, 0, l->disk + offset, length);
    case NBD_CMD_WRITE:
        c->into = l->disk + offset;
        c->wanted = length;
        break;
    case NBD_CMD_TRIM:
    case NBD_CMD_WRITE_ZEROES:
        memset (l->disk + offset, 0, length);
        break;
    }
    return answer (l, request + 8, 0, NULL, 0);
}

static size_t take_payload (struct client *c, const uint8_t *data, size_t n) {
    size_t part = c->wanted < n ? c->wanted : n;

    memcpy (c->into, data, part);
    c->into += part;
    c->wanted -= part;
    return part;
}

static bool parse (struct limit *l, struct client *c, const uint8_t *data, size_t n) {
    while (n > 0) {
        size_t used = NBD_REQUEST_SIZE;

        if (c->wanted > 0)
            used = take_payload (c, data, n);
        else if (n < NBD_REQUEST_SIZE)
            break;
        else if (!serve (l, c, data))
            return false;
        data += used;
        n -= used;
    }
    memcpy (c->carry, data, n);
    c->n_carry = (unsigned) n;
    return true;
}

/* A write is answered before its payload is complete, but the reply is not sent until it
 * is: so a batch that ends within a payload waits for the rest of it. */
static bool turn (struct limit *l, struct client *c) {
    do {
        struct iovec into[2] = {
            { c->into, c->wanted },
            { l->buffer + c->n_carry, ROOM - c->n_carry },
        };
        struct msghdr message = { .msg_iov = into, .msg_iovlen = 2 };

        memcpy (l->buffer, c->carry, c->n_carry);
        ssize_t got = recvmsg (c->fd, &message, 0);
        if (got <= 0)
            return false;
        uint64_t direct = (uint64_t) got < c->wanted ? (uint64_t) got : c->wanted;
        c->into += direct;
        c->wanted -= direct;
        size_t n = c->n_carry + (size_t) got - direct;
        c->n_carry = 0;
        if (n > 0 && !parse (l, c, l->buffer, n))
            return false;
    } while (c->wanted > 0);
    return send_replies (l, c);
}

/* Once */

static int begin (struct limit *l, const char *path, const char *size) {
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    struct rlimit files;

    l->size = strtoull (size, NULL, 10) << 20;
    l->disk = mmap (NULL, l->size, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    l->buffer = aligned_alloc (4096, ROOM);
    l->epoll = epoll_create1 (EPOLL_CLOEXEC);
    l->listener = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (l->disk == MAP_FAILED || l->buffer == NULL || strlen (path) >= sizeof address.sun_path)
        return -1;
    memcpy (address.sun_path, path, strlen (path));
    if (getrlimit (RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit (RLIMIT_NOFILE, &files);
    }
    if (bind (l->listener, (struct sockaddr *) &address, sizeof address) < 0 ||
        listen (l->listener, SOMAXCONN) < 0)
        return -1;
    return epoll_ctl (l->epoll, EPOLL_CTL_ADD, l->listener,
                      &(struct epoll_event) { .events = EPOLLIN, .data.ptr = NULL });
}

int main (int argc, char **argv) {
    static struct limit l;
    struct epoll_event events[64];
    int n;

    if (argc != 3) {
        fputs ("usage: limit SOCKET MEBIBYTES\n", stderr);
        return 1;
    }
    if (begin (&l, argv[1], argv[2]) < 0) {
        perror ("limit");
        return 1;
    }
    while ((n = epoll_wait (l.epoll, events, 64, -1)) >= 0 || errno == EINTR)
        for (int i = 0; i < n; i++) {
            struct client *c = events[i].data.ptr;

            if (c == NULL)
                welcome (&l);
            else if (!turn (&l, c)) {
                l.n_replies = l.n_pieces = 0;
                close (c->fd);
                free (c);
            }
        }
    perror ("limit: epoll_wait");
    return 1;
}
