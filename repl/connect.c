/* SPDX-License-Identifier: BSD-3-Clause */
/* connect.c: connect(...): a client of libnbd as a value of the prompt.
 *
 * It is made, set up by its own methods, then connected; client.c has the methods. */
#include "client.h"

#include <errno.h>
#include <string.h>

#ifdef HAVE_LIBNBD
static const char type_name[] = "stele.client";

struct client *client_need (lua_State *L) {
    struct client *c = luaL_checkudata (L, 1, type_name);

    if (!c->nbd)
        raise_error (L, 0, "the client has been closed");
    need_prompt (L); /* libnbd locks its handle while the prompt waits for it */
    return c;
}

/* What connect{...} sets before it connects, in this order: field, method. */
static const struct setting {
    const char *field, *method;
} settings[] = {
    { "name", "set_handle_name" },
    { "opt_mode", "set_opt_mode" },
    { "structured", "set_request_structured_replies" },
    { "extended", "set_request_extended_headers" },
    { "request_meta_context", "set_request_meta_context" },
    { "handshake_flags", "set_handshake_flags" },
    { "strict", "set_strict_mode" },
    { "full_info", "set_full_info" },
    { "pread_initialize", "set_pread_initialize" },
    { "export", "set_export_name" },
    { "meta_context", "add_meta_context" },
    { "tls", "set_tls" },
    { "tls_certificates", "set_tls_certificates" },
    { "tls_verify_peer", "set_tls_verify_peer" },
    { "tls_username", "set_tls_username" },
    { "tls_psk_file", "set_tls_psk_file" },
    { "allow_local_file", "set_uri_allow_local_file" },
    { "uri", "connect_uri" },
    { "unix", "connect_unix" },
};

/* [client] __gc, wherever that happens: nobody waits for a client that nobody has */
static int client_collect (lua_State *L) {
    struct client *c = luaL_checkudata (L, 1, type_name);

    if (!c->nbd)
        return 0;
    struct nbd_handle *nbd = c->nbd;
    c->nbd = NULL;
    nbd_close (nbd); /* sends nothing and waits for nobody */
    client_forget_commands (c);
    return 0;
}

static int client_close (lua_State *L) {
    need_prompt (L);
    return client_collect (L);
}

static int client_tostring (lua_State *L) {
    const struct client *c = luaL_checkudata (L, 1, type_name);

    lua_pushfstring (L, "client (%s)", c->nbd ? nbd_connection_state (c->nbd) : "closed");
    return 1;
}

/* Call method NAME of the client at 3 with the value on top of the stack; pops it. */
static void set (lua_State *L, const char *name) {
    lua_getfield (L, 3, name);
    if (lua_isnil (L, -1))
        luaL_error (L, "this libnbd has no %s", name);
    lua_pushvalue (L, 3);
    lua_pushvalue (L, -3);
    lua_call (L, 2, 0);
    lua_pop (L, 1);
}

/* A field of connect{}: a value, or for a context a list of them. */
static void set_all (lua_State *L, const struct setting *s) {
    if (!lua_istable (L, -1)) {
        set (L, s->method);
        return;
    }
    for (lua_Integer i = 1; lua_geti (L, -1, i) != LUA_TNIL; i++)
        set (L, s->method);
    lua_pop (L, 2);
}

static void check_fields (lua_State *L) {
    lua_pushnil (L);
    while (lua_next (L, 1)) {
        const char *key = lua_type (L, -2) == LUA_TSTRING ? lua_tostring (L, -2) : "";
        bool known = lua_isinteger (L, -2);
        for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++)
            known |= strcmp (settings[i].field, key) == 0;
        if (!known)
            luaL_error (L, "connect: there is no setting '%s'", key);
        lua_pop (L, 1);
    }
}

/* connect(uri), connect{ [uri,] opt_mode = true, ... } or connect() */
static int connect_ (lua_State *L) {
    lua_settop (L, 1);
    if (!lua_istable (L, 1)) {
        const char *uri = luaL_optstring (L, 1, NULL);
        lua_createtable (L, 0, 1);
        lua_pushstring (L, uri);
        lua_setfield (L, -2, "uri");
        lua_replace (L, 1);
    }
    lua_rawgeti (L, 1, 1); /* the URI, where it has no name */
    check_fields (L);
    struct client *c = lua_newuserdatauv (L, sizeof *c, 0); /* at 3 */
    *c = (struct client){ NULL, NULL };
    luaL_setmetatable (L, type_name);
    c->nbd = nbd_create ();
    if (!c->nbd)
        return client_raise (L);
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        bool uri = strcmp (settings[i].field, "uri") == 0;
        lua_getfield (L, 1, settings[i].field);
        if (uri && lua_isnil (L, -1))
            lua_pushvalue (L, 2);
        if (!lua_isnil (L, -1))
            set_all (L, &settings[i]);
        lua_settop (L, 3);
    }
    return 1;
}

static void add_methods (lua_State *L, const struct method *list) {
    for (const struct method *m = list; m->name; m++) {
        lua_pushlightuserdata (L, (void *) m);
        lua_pushcclosure (L, m->shape, 1);
        lua_setfield (L, -2, m->name);
    }
}

void client_setup (lua_State *L) {
    static const luaL_Reg own[] = { { "__gc", client_collect },
                                    { "__close", client_close },
                                    { "__tostring", client_tostring },
                                    { NULL, NULL } };

    luaL_newmetatable (L, type_name);
    luaL_setfuncs (L, own, 0);
    lua_newtable (L);
    add_methods (L, client_methods);
    add_methods (L, client_lists);
    add_methods (L, client_aio);
    lua_pushcfunction (L, client_close);
    lua_setfield (L, -2, "close");
    lua_setfield (L, -2, "__index");
    lua_pop (L, 1);
    client_lists_setup (L);
    lua_register (L, "connect", connect_);
}

#else /* without libnbd */

static int connect_ (lua_State *L) {
    return raise_error (L, ENOTSUP, "connect: this build has no libnbd; wire(uri) speaks NBD by hand");
}

void client_setup (lua_State *L) {
    lua_register (L, "connect", connect_);
}
#endif
