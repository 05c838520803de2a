/* SPDX-License-Identifier: BSD-3-Clause */
/* remote.c: how a connection to an NBD server begins.
 *
 * Fixed newstyle, OPT_GO, and STRUCTURED_REPLY where it is wanted.  Never sends a request
 * whose answer is measured: that is stream.c's. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "../core/wire/nbd.h"
#include "clock.h"
#include "remote.h"

__attribute__ ((format (printf, 3, 4)))
static int failed (struct remote *r, int number, const char *format, ...) {
    va_list args;

    va_start (args, format);
    vsnprintf (r->failure, sizeof r->failure, format, args);
    va_end (args);
    remote_close (r);
    return -number;
}

static int send_all (struct remote *r, const void *data, size_t n) {
    const char *p = data;

    while (n > 0) {
        ssize_t sent = send (r->fd, p, n, MSG_NOSIGNAL);

        if (sent < 0)
            return failed (r, errno, "sending the handshake: %s", strerror (errno));
        p += sent;
        n -= (size_t) sent;
    }
    return 0;
}

static int recv_all (struct remote *r, void *data, size_t n) {
    char *p = data;

    while (n > 0) {
        ssize_t got = recv (r->fd, p, n, MSG_WAITALL);

        if (got == 0)
            return failed (r, ECONNRESET, "the server hung up");
        if (got < 0)
            return failed (r, errno, "waiting for the server: %s",
                           errno == EAGAIN ? "no answer for 10 seconds" : strerror (errno));
        p += got;
        n -= (size_t) got;
    }
    return 0;
}

static int drop (struct remote *r, uint64_t n) {
    char buffer[4096];
    int error = 0;

    while (n > 0 && error == 0) {
        size_t part = n < sizeof buffer ? n : sizeof buffer;

        error = recv_all (r, buffer, part);
        n -= part;
    }
    return error;
}

static int connect_once (struct remote *r, const struct sockaddr_un *address) {
    struct timeval patience = { .tv_sec = REMOTE_PATIENCE_S };
    int room = 4 << 20; /* so that a batch of writes goes out with one call */

    r->fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (r->fd < 0)
        return failed (r, errno, "socket: %s", strerror (errno));
    setsockopt (r->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt (r->fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    setsockopt (r->fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    if (connect (r->fd, (const struct sockaddr *) address, sizeof *address) < 0)
        return failed (r, errno, "%s: %s", address->sun_path, strerror (errno));
    return 0;
}

int remote_connect (struct remote *r, const char *path, double patience_s) {
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    struct timespec pause = { .tv_nsec = 50 * 1000 };
    uint64_t deadline = clock_ns () + (uint64_t) (patience_s * 1e9);
    int error;

    r->fd = -1;
    if (strlen (path) >= sizeof address.sun_path)
        return failed (r, ENAMETOOLONG, "%s: too long for a socket", path);
    memcpy (address.sun_path, path, strlen (path));
    while (error = connect_once (r, &address), error == -ENOENT || error == -ECONNREFUSED) {
        if (clock_ns () > deadline)
            return error;
        nanosleep (&pause, NULL);
    }
    return error;
}

struct option_reply {
    uint32_t type, length;
};

/* Ask an option and read the head of its first reply. */
static int ask (struct remote *r, uint32_t option, const void *data, uint32_t length) {
    uint8_t head[16];

    store64 (head, NBD_OPTS_MAGIC);
    store32 (head + 8, option);
    store32 (head + 12, length);
    int error = send_all (r, head, sizeof head);
    return error < 0 ? error : send_all (r, data, length);
}

static int hear (struct remote *r, uint32_t option, struct option_reply *reply) {
    uint8_t head[20];
    int error = recv_all (r, head, sizeof head);

    if (error < 0)
        return error;
    if (load64 (head) != NBD_REP_MAGIC || load32 (head + 8) != option)
        return failed (r, EPROTO, "that is no reply to option %u", option);
    *reply = (struct option_reply) { load32 (head + 12), load32 (head + 16) };
    return 0;
}

static int ask_structured (struct remote *r) {
    struct option_reply reply;
    int error = ask (r, NBD_OPT_STRUCTURED_REPLY, "", 0);

    if (error < 0 || (error = hear (r, NBD_OPT_STRUCTURED_REPLY, &reply)) < 0)
        return error;
    r->structured = reply.type == NBD_REP_ACK;
    return drop (r, reply.length);
}

static int take_info (struct remote *r, uint32_t length) {
    uint8_t info[12];
    int error;

    if (length < sizeof info)
        return drop (r, length);
    if ((error = recv_all (r, info, sizeof info)) < 0)
        return error;
    if (load16 (info) == NBD_INFO_EXPORT) {
        r->size = load64 (info + 2);
        r->flags = load16 (info + 10);
    }
    return drop (r, length - sizeof info);
}

static int go (struct remote *r, const char *name) {
    uint8_t data[4 + NBD_MAX_STRING + 2];
    uint32_t length = (uint32_t) strnlen (name, NBD_MAX_STRING);
    struct option_reply reply;

    store32 (data, length);
    memcpy (data + 4, name, length);
    store16 (data + 4 + length, 0);
    int error = ask (r, NBD_OPT_GO, data, 4 + length + 2);
    while (error == 0 && (error = hear (r, NBD_OPT_GO, &reply)) == 0) {
        if (reply.type == NBD_REP_ACK)
            return drop (r, reply.length);
        if (reply.type != NBD_REP_INFO)
            return failed (r, EPROTO, "the server refused export \"%s\"", name);
        error = take_info (r, reply.length);
    }
    return error;
}

int remote_handshake (struct remote *r, const char *export_name) {
    uint8_t greeting[18], flags[4];
    int error = recv_all (r, greeting, sizeof greeting);

    if (error < 0)
        return error;
    if (load64 (greeting) != NBD_MAGIC || load64 (greeting + 8) != NBD_OPTS_MAGIC)
        return failed (r, EPROTO, "that is not a newstyle NBD server");
    store32 (flags, load16 (greeting + 16) & (NBD_FLAG_FIXED_NEWSTYLE | NBD_FLAG_NO_ZEROES));
    error = send_all (r, flags, sizeof flags);
    if (error == 0 && r->structured)
        error = ask_structured (r);
    return error < 0 ? error : go (r, export_name);
}

static void make_request (uint8_t request[NBD_REQUEST_SIZE], uint16_t command, uint32_t length,
                          uint64_t offset) {
    memset (request, 0, NBD_REQUEST_SIZE);
    store32 (request, NBD_REQUEST_MAGIC);
    store16 (request + 6, command);
    store64 (request + 16, offset);
    store32 (request + 24, length);
}

int remote_read (struct remote *r, uint32_t length, uint64_t offset) {
    uint8_t request[NBD_REQUEST_SIZE], reply[NBD_SIMPLE_REPLY_SIZE];

    make_request (request, NBD_CMD_READ, length, offset);
    int error = send_all (r, request, sizeof request);
    if (error < 0 || (error = recv_all (r, reply, sizeof reply)) < 0)
        return error;
    if (load32 (reply) != NBD_SIMPLE_REPLY_MAGIC || load32 (reply + 4) != 0)
        return failed (r, EIO, "the read failed with error %u", load32 (reply + 4));
    return drop (r, length);
}

void remote_leave (struct remote *r) {
    uint8_t request[NBD_REQUEST_SIZE];

    make_request (request, NBD_CMD_DISC, 0, 0);
    if (r->fd >= 0)
        send (r->fd, request, sizeof request, MSG_DONTWAIT | MSG_NOSIGNAL);
    remote_close (r);
}

void remote_close (struct remote *r) {
    if (r->fd >= 0)
        close (r->fd);
    r->fd = -1;
}
