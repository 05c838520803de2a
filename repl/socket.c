/* SPDX-License-Identifier: BSD-3-Clause */
/* socket.c: a bare socket to a server: bytes out, bytes in, neither longer than its time.
 *
 * What the bytes mean is wire.lua's business, which gets the two constructors from here. */
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "../core/pool.h"
#include "functions.h"

static const char type_name[] = "stele.socket";
static const uint64_t timeout_ns = UINT64_C (10) * 1000000000;

struct raw {
    int fd; /* -1 once closed */
    uint64_t timeout_ns;
};

static struct raw *need (lua_State *L) {
    struct raw *s = luaL_checkudata (L, 1, type_name);

    if (s->fd < 0)
        raise_error (L, 0, "the socket has been closed");
    need_prompt (L);
    return s;
}

static struct raw *push_raw (lua_State *L) {
    struct raw *s = lua_newuserdatauv (L, sizeof *s, 0);

    *s = (struct raw){ .fd = -1, .timeout_ns = timeout_ns };
    luaL_setmetatable (L, type_name);
    return s;
}

/* Connect.  0 or -errno: the socket is closed again. */
static int raw_connect (struct raw *s, const struct sockaddr *address, socklen_t size) {
    s->fd = socket (address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (s->fd >= 0 && connect (s->fd, address, size) == 0)
        return 0;
    int number = errno;
    if (s->fd >= 0)
        close (s->fd);
    s->fd = -1;
    return -number;
}

/* Off the strand.  0, -ETIMEDOUT, -EINTR. */
static int wait_for (const struct raw *s, short events, uint64_t end_ns) {
    for (;;) {
        struct pollfd p = { .fd = s->fd, .events = events };
        if (repl_interrupted ())
            return -EINTR;
        if (poll (&p, 1, 100) > 0)
            return 0;
        if (pool_clock_ns () >= end_ns)
            return -ETIMEDOUT;
    }
}

static int unix_ (lua_State *L) {
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    const char *path = luaL_checkstring (L, 1);

    luaL_argcheck (L, strlen (path) < sizeof address.sun_path, 1, "the path is too long");
    strcpy (address.sun_path, path);
    int r = raw_connect (push_raw (L), (struct sockaddr *) &address, sizeof address);
    return r < 0 ? raise_error (L, -r, "%s: %s", path, strerror (-r)) : 1;
}

static int tcp (lua_State *L) {
    const char *host = luaL_checkstring (L, 1), *port = luaL_checkstring (L, 2);
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *list;
    struct raw *s = push_raw (L);
    int r = getaddrinfo (host, port, &hints, &list);

    if (r)
        return luaL_error (L, "%s:%s: %s", host, port, gai_strerror (r));
    for (const struct addrinfo *a = list; a && s->fd < 0; a = a->ai_next)
        r = raw_connect (s, a->ai_addr, a->ai_addrlen);
    freeaddrinfo (list);
    return r < 0 ? raise_error (L, -r, "%s:%s: %s", host, port, strerror (-r)) : 1;
}

/* Off the strand: all of it.  0 or -errno. */
static int send_all (const struct raw *s, const char *p, size_t n, uint64_t end_ns) {
    while (n > 0) {
        int r = wait_for (s, POLLOUT, end_ns);
        if (r < 0)
            return r;
        ssize_t sent = send (s->fd, p, n, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno != EAGAIN && errno != EINTR)
            return -errno;
        if (sent > 0) {
            p += sent;
            n -= (size_t) sent;
        }
    }
    return 0;
}

static int raise_failed (lua_State *L, const struct raw *s, int r, const char *what) {
    raise_interrupted (L);
    if (r == -ETIMEDOUT)
        return raise_error (L, ETIMEDOUT, "%s: nothing more in %g s", what,
                            (double) s->timeout_ns / 1e9);
    return raise_error (L, -r, "%s: %s", what, strerror (-r));
}

static int send_ (lua_State *L) {
    struct raw *s = need (L);
    size_t n;
    const char *bytes = luaL_checklstring (L, 2, &n);

    prompt_leave (L);
    int r = send_all (s, bytes, n, pool_clock_ns () + s->timeout_ns);
    prompt_enter (L);
    return r < 0 ? raise_failed (L, s, r, "send") : 0;
}

/* Off the strand.  How many came before the end of the stream, or -errno. */
static ssize_t receive_all (const struct raw *s, char *p, size_t n, uint64_t end_ns) {
    size_t done = 0;

    while (done < n) {
        int r = wait_for (s, POLLIN, end_ns);
        if (r < 0)
            return r;
        ssize_t got = recv (s->fd, p + done, n - done, MSG_DONTWAIT);
        if (got < 0 && errno != EAGAIN && errno != EINTR)
            return errno == ECONNRESET ? (ssize_t) done : -errno;
        if (got == 0)
            break;
        done += got > 0 ? (size_t) got : 0;
    }
    return (ssize_t) done;
}

/* [socket n] the bytes; fewer where the server has closed the connection */
static int receive (lua_State *L) {
    struct raw *s = need (L);
    lua_Integer n = luaL_checkinteger (L, 2);

    luaL_argcheck (L, n >= 0 && n <= 256 << 20, 2, "not so many bytes");
    char *room = lua_newuserdatauv (L, n ? (size_t) n : 1, 0);
    prompt_leave (L);
    ssize_t got = receive_all (s, room, (size_t) n, pool_clock_ns () + s->timeout_ns);
    prompt_enter (L);
    if (got < 0)
        return raise_failed (L, s, (int) got, "recv");
    lua_pushlstring (L, room, (size_t) got);
    return 1;
}

static int finish (lua_State *L) {
    shutdown (need (L)->fd, SHUT_WR);
    return 0;
}

static int set_timeout (lua_State *L) {
    double seconds = luaL_checknumber (L, 2);

    luaL_argcheck (L, seconds > 0 && seconds < 1e6, 2, "not a number of seconds");
    need (L)->timeout_ns = (uint64_t) (seconds * 1e9);
    return 0;
}

/* [socket] __gc */
static int collect (lua_State *L) {
    struct raw *s = luaL_checkudata (L, 1, type_name);

    if (s->fd >= 0)
        close (s->fd);
    s->fd = -1;
    return 0;
}

static int close_ (lua_State *L) {
    need_prompt (L);
    return collect (L);
}

static const luaL_Reg methods[] = { { "send", send_ },     { "recv", receive },
                                    { "finish", finish },  { "set_timeout", set_timeout },
                                    { "close", close_ },   { NULL, NULL } };
static const luaL_Reg constructors[] = { { "unix", unix_ }, { "tcp", tcp }, { NULL, NULL } };

void socket_setup (lua_State *L) {
    luaL_newmetatable (L, type_name);
    lua_pushcfunction (L, collect);
    lua_setfield (L, -2, "__gc");
    luaL_newlib (L, methods);
    lua_setfield (L, -2, "__index");
    lua_pop (L, 1);
    luaL_newlib (L, constructors);
}
