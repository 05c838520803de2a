/* SPDX-License-Identifier: BSD-3-Clause */
/* transport.c: bytes over a socket, or over two pipes.
 *
 * Sockets are asked with MSG_DONTWAIT and left as they are.  Pipes and files know no such
 * flag: theirs is set for as long as the connection lasts and restored, because the same
 * open file may be somebody's standard input. */
#include "transport.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../hostile.h"

static ssize_t moved (ssize_t n) {
    return n >= 0 ? n : -errno;
}

static ssize_t socket_recvv (struct transport *t, const struct iovec *iov, int count) {
    struct iovec few;
    struct msghdr message = {0};
    ssize_t n;

    if (hostile_stalls ())
        return -EAGAIN;
    message.msg_iovlen = (size_t) hostile_few (&iov, count, &few);
    message.msg_iov = (struct iovec *) iov;
    do
        n = recvmsg (t->in, &message, MSG_DONTWAIT);
    while (n < 0 && errno == EINTR);
    return moved (n);
}

static ssize_t socket_sendv (struct transport *t, const struct iovec *iov, int count) {
    struct iovec few;
    struct msghdr message = {0};
    ssize_t n;

    if (hostile_stalls ())
        return -EAGAIN;
    message.msg_iovlen = (size_t) hostile_few (&iov, count, &few);
    message.msg_iov = (struct iovec *) iov;
    do
        n = sendmsg (t->out, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    while (n < 0 && errno == EINTR);
    return moved (n);
}

static void socket_hangup (struct transport *t) {
    shutdown (t->in, SHUT_RDWR);
}

static void socket_close (struct transport *t) {
    close (t->in);
    if (t->out != t->in)
        close (t->out);
}

const struct transport_type transport_socket = {
    .name = "socket",
    .recvv = socket_recvv,
    .sendv = socket_sendv,
    .hangup = socket_hangup,
    .close = socket_close,
    .short_is_all = true,
    .can_look = true,
};

static ssize_t pipes_recvv (struct transport *t, const struct iovec *iov, int count) {
    struct iovec few;
    ssize_t n;

    count = hostile_few (&iov, count, &few);
    do
        n = readv (t->in, iov, count);
    while (n < 0 && errno == EINTR);
    return moved (n);
}

/* SIGPIPE is ignored by the process. */
static ssize_t pipes_sendv (struct transport *t, const struct iovec *iov, int count) {
    struct iovec few;
    ssize_t n;

    count = hostile_few (&iov, count, &few);
    do
        n = writev (t->out, iov, count);
    while (n < 0 && errno == EINTR);
    return moved (n);
}

/* A pipe's other end learns of it when ours is closed. */
static void pipes_hangup (struct transport *t) {
    (void) t;
}

static void pipes_close (struct transport *t) {
    fcntl (t->in, F_SETFL, t->in_flags);
    fcntl (t->out, F_SETFL, t->out_flags);
    close (t->in);
    if (t->out != t->in)
        close (t->out);
}

const struct transport_type transport_pipes = {
    .name = "pipes",
    .recvv = pipes_recvv,
    .sendv = pipes_sendv,
    .hangup = pipes_hangup,
    .close = pipes_close,
    .half_closes = true,
};

static bool is_socket (int fd) {
    int type;
    socklen_t size = sizeof type;

    return getsockopt (fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0;
}

static int set_nonblocking (int fd) {
    int flags = fcntl (fd, F_GETFL);

    if (flags >= 0)
        fcntl (fd, F_SETFL, flags | O_NONBLOCK);
    return flags;
}

void transport_open (struct transport *t, int in, int out) {
    bool sockets = is_socket (in) && (out == in || is_socket (out));

    *t = (struct transport){.in = in, .out = out, .is_socket = is_socket (in)};
    t->type = sockets ? &transport_socket : &transport_pipes;
    if (!sockets) {
        t->in_flags = set_nonblocking (in);
        t->out_flags = out == in ? t->in_flags : set_nonblocking (out);
    }
}

bool transport_is_gone (const struct transport *t) {
    struct pollfd p = {.fd = t->out};

    return t->out >= 0 && poll (&p, 1, 0) == 1 && (p.revents & (POLLERR | POLLHUP));
}
