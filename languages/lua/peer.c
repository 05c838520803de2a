/* SPDX-License-Identifier: BSD-3-Clause */
/* peer.c: functions of `stele` about the client that the script is called for.
 *
 * Outside of a connection, and where the kernel does not say, they give nil. */
#include "../../core/peer.h"
#include "script.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

static const struct session *session_of (lua_State *L) {
    struct fiber *now = script_of (L)->now;

    return now ? now->session : NULL;
}

static int export_name (lua_State *L) {
    const struct session *s = session_of (L);

    lua_pushstring (L, s ? s->export_name : NULL);
    return 1;
}

static int is_tls (lua_State *L) {
    const struct session *s = session_of (L);

    lua_pushboolean (L, s && s->tls);
    return 1;
}

static int is_readonly (lua_State *L) {
    const struct session *s = session_of (L);

    lua_pushboolean (L, s && s->readonly);
    return 1;
}

/* The script, once it knows, is asked again when it matters. */
static int only_asks (lua_State *L) {
    const struct session *s = session_of (L);
    bool asks = s && s->asks && s->asks_noticed && script_of (L)->now->row &&
                script_of (L)->now->row->gives == 'D';

    if (asks)
        *s->asks_noticed = true;
    lua_pushboolean (L, asks);
    return 1;
}

static int connection (lua_State *L) {
    const struct session *s = session_of (L);

    if (s && s->number)
        lua_pushinteger (L, (lua_Integer) s->number);
    else
        lua_pushnil (L);
    return 1;
}

union address {
    struct sockaddr any;
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
    struct sockaddr_un un;
    struct sockaddr_storage room;
};

/* Pushes it as people write it. */
static void push_address (lua_State *L, const union address *a, socklen_t n) {
    char text[INET6_ADDRSTRLEN] = "?";
    size_t path = n > offsetof (struct sockaddr_un, sun_path)
                      ? n - offsetof (struct sockaddr_un, sun_path)
                      : 0;

    switch (a->any.sa_family) {
    case AF_INET:
        inet_ntop (AF_INET, &a->in.sin_addr, text, sizeof text);
        lua_pushfstring (L, "%s:%d", text, (int) ntohs (a->in.sin_port));
        break;
    case AF_INET6:
        inet_ntop (AF_INET6, &a->in6.sin6_addr, text, sizeof text);
        lua_pushfstring (L, "[%s]:%d", text, (int) ntohs (a->in6.sin6_port));
        break;
    case AF_UNIX:
        lua_pushliteral (L, "unix:");
        lua_pushlstring (L, a->un.sun_path, path ? strnlen (a->un.sun_path, path) : 0);
        lua_concat (L, 2);
        break;
    default: lua_pushfstring (L, "family %d", (int) a->any.sa_family);
    }
}

static int peer_name (lua_State *L) {
    const struct session *s = session_of (L);
    union address a;
    socklen_t n = sizeof a;

    if (peer_address (s, &a.any, &n) < 0)
        lua_pushnil (L);
    else
        push_address (L, &a, n);
    return 1;
}

static int push_number_or_nil (lua_State *L, bool known, lua_Integer n) {
    if (known)
        lua_pushinteger (L, n);
    else
        lua_pushnil (L);
    return 1;
}

static int peer_pid (lua_State *L) {
    struct ucred who = {0};
    bool known = peer_credentials (session_of (L), &who) == 0;

    return push_number_or_nil (L, known, who.pid);
}

static int peer_uid (lua_State *L) {
    struct ucred who = {0};
    bool known = peer_credentials (session_of (L), &who) == 0;

    return push_number_or_nil (L, known, who.uid);
}

static int peer_gid (lua_State *L) {
    struct ucred who = {0};
    bool known = peer_credentials (session_of (L), &who) == 0;

    return push_number_or_nil (L, known, who.gid);
}

static int disconnect (lua_State *L) {
    const struct session *s = session_of (L);

    if (s && s->disconnect)
        s->disconnect (s, lua_toboolean (L, 1));
    return 0;
}

const luaL_Reg peer_functions[] = {
    {"export_name", export_name},
    {"is_tls", is_tls},
    {"readonly", is_readonly},
    {"only_asks", only_asks},
    {"connection", connection},
    {"peer_name", peer_name},
    {"peer_pid", peer_pid},
    {"peer_uid", peer_uid},
    {"peer_gid", peer_gid},
    {"disconnect", disconnect},
    {NULL, NULL},
};
