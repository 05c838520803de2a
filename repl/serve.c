/* SPDX-License-Identifier: BSD-3-Clause */
/* serve.c: serve(...): servers as values of the prompt.
 *
 *     serve{ "memory", "64M" }           what the command line would: options, plugin, words
 *     serve{ "memory", size = "64M", filters = { "cow" }, readonly = true }
 *     serve(device)                      a device, to any client, under any name
 *     serve()                            the script that the prompt lives in
 *
 * Each is a struct server with threads of its own, on a private Unix socket unless it is
 * told another place.  It lives until stop() or the end of the prompt, whoever holds the
 * value; the value is only a name for it. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "functions.h"
#include "served.h"

static const char type_name[] = "stele.server";

/* A value: NULL once it is stopped. */
struct name {
    struct served *served;
};

static void forget (struct repl *r, struct served *s) {
    struct served **at = &r->servers;

    while (*at && *at != s)
        at = &(*at)->next;
    if (*at)
        *at = s->next;
}

void serve_end (struct repl *r) {
    while (r->servers) {
        struct served *s = r->servers;
        r->servers = s->next;
        served_free (s);
    }
}

/* The words of a command line, from the table at 1. */

static void add_text (lua_State *L, struct strings *words, const char *text) {
    if (!strings_add (words, text))
        luaL_error (L, "serve: no memory");
}

/* BEFORE, then the value as text. */
static void add_word (lua_State *L, struct strings *words, const char *before, int value) {
    lua_pushstring (L, before);
    luaL_tolstring (L, value, NULL);
    lua_concat (L, 2);
    add_text (L, words, lua_tostring (L, -1));
    lua_pop (L, 1);
}

static void add_filters (lua_State *L, struct strings *words, int value) {
    luaL_argcheck (L, lua_istable (L, value), 1, "filters = is a list: filters = { \"cow\" }");
    for (lua_Integer i = 1; lua_geti (L, value, i) != LUA_TNIL; i++) {
        add_word (L, words, "--filter=", lua_gettop (L));
        lua_pop (L, 1);
    }
    lua_pop (L, 1);
}

static void add_fields (lua_State *L, struct strings *words) {
    lua_pushnil (L);
    while (lua_next (L, 1)) {
        int value = lua_gettop (L);
        const char *key = lua_type (L, value - 1) == LUA_TSTRING ? lua_tostring (L, value - 1) : "";
        if (strcmp (key, "filters") == 0)
            add_filters (L, words, value);
        else if (strcmp (key, "readonly") == 0) {
            if (lua_toboolean (L, value))
                add_text (L, words, "--readonly");
        }
        else if (*key) {
            lua_pushfstring (L, "%s=", key);
            add_word (L, words, lua_tostring (L, -1), value);
        }
        lua_settop (L, value - 1);
    }
}

/* [words] __gc */
static int words_collect (lua_State *L) {
    strings_clear (luaL_checkudata (L, 1, "stele.words"));
    return 0;
}

/* Made empty, typed, then filled: an error leaves them to the collector. */
static struct strings *push_words (lua_State *L) {
    struct strings *words = lua_newuserdatauv (L, sizeof *words, 0);

    *words = (struct strings){ 0 };
    luaL_setmetatable (L, "stele.words");
    add_text (L, words, "stele");
    if (!lua_istable (L, 1))
        return words;
    for (lua_Integer i = 1; lua_geti (L, 1, i) != LUA_TNIL; i++) {
        add_word (L, words, "", lua_gettop (L));
        lua_pop (L, 1);
    }
    lua_pop (L, 1);
    add_fields (L, words);
    return words;
}

/* What is to be served, from the first argument: a device, this script, or a command line. */
static void take_subject (lua_State *L, struct served *s) {
    struct device *d = prompt_device (L, 1);

    if (d)
        s->device = device_ref (d);
    else if (lua_isnoneornil (L, 1))
        s->plugin = prompt_plugin (L);
}

static int serve (lua_State *L) {
    struct repl *r = repl_of (L);
    struct error error = { 0 };

    if (!prompt_device (L, 1) && !lua_isnoneornil (L, 1) && !lua_istable (L, 1))
        return luaL_argerror (L, 1, "a list of words, a device, or nothing: this script");
    need_prompt (L);
    lua_settop (L, 1);
    struct strings *words = push_words (L);
    struct name *name = lua_newuserdatauv (L, sizeof *name, 0);
    *name = (struct name){ NULL };
    luaL_setmetatable (L, type_name);
    struct served *s = served_new (words);
    if (!s)
        return luaL_error (L, "serve: no memory");
    take_subject (L, s);
    sigset_t before;
    prompt_leave (L);
    repl_hold_signals (&before);
    int result = served_start (s, &error);
    repl_release_signals (&before);
    if (result < 0)
        served_free (s);
    prompt_enter (L);
    if (result < 0)
        return prompt_raise (L, &error);
    s->next = r->servers;
    r->servers = s;
    name->served = s;
    return 1;
}

static struct served *need (lua_State *L) {
    struct name *name = luaL_checkudata (L, 1, type_name);

    if (!name->served)
        raise_error (L, 0, "the server has been stopped");
    return name->served;
}

static int stop (lua_State *L) {
    struct name *name = luaL_checkudata (L, 1, type_name);
    struct served *s = name->served;

    if (!s)
        return 0;
    need_prompt (L);
    name->served = NULL;
    forget (repl_of (L), s);
    prompt_leave (L);
    served_free (s);
    prompt_enter (L);
    return 0;
}

static int connections (lua_State *L) {
    lua_pushinteger (L, wire_connections (need (L)->server.wire));
    return 1;
}

/* Has a script asked for the server's end (stele.shutdown)? */
static int wants_end (lua_State *L) {
    struct pollfd p = { .fd = need (L)->server.quit, .events = POLLIN };

    lua_pushboolean (L, poll (&p, 1, 0) > 0);
    return 1;
}

static int field_uri (lua_State *L) {
    lua_pushstring (L, need (L)->uri);
    return 1;
}

static int field_socket (lua_State *L) {
    const struct listener *l = server_nearest (&need (L)->server);
    lua_pushstring (L, l ? l->path : NULL);
    return 1;
}

static int field_port (lua_State *L) {
    const struct listener *l = server_nearest (&need (L)->server);
    lua_pushstring (L, l ? l->port : NULL);
    return 1;
}

static const luaL_Reg methods[] = { { "stop", stop },
                                    { "connections", connections },
                                    { "wants_end", wants_end },
                                    { NULL, NULL } };
static const luaL_Reg fields[] = { { "uri", field_uri },
                                   { "socket", field_socket },
                                   { "port", field_port },
                                   { NULL, NULL } };

/* [server key] __index */
static int name_index (lua_State *L) {
    const char *key = luaL_checkstring (L, 2);

    for (const luaL_Reg *f = fields; f->name; f++)
        if (strcmp (f->name, key) == 0)
            return f->func (L);
    luaL_getmetafield (L, 1, "methods");
    lua_pushvalue (L, 2);
    lua_rawget (L, -2);
    return 1;
}

static int name_tostring (lua_State *L) {
    const struct name *name = luaL_checkudata (L, 1, type_name);

    if (name->served)
        lua_pushfstring (L, "server %s", name->served->uri);
    else
        lua_pushliteral (L, "server (stopped)");
    return 1;
}

void serve_setup (lua_State *L) {
    luaL_newmetatable (L, "stele.words");
    lua_pushcfunction (L, words_collect);
    lua_setfield (L, -2, "__gc");
    luaL_newmetatable (L, type_name);
    lua_pushcfunction (L, name_index);
    lua_setfield (L, -2, "__index");
    lua_pushcfunction (L, name_tostring);
    lua_setfield (L, -2, "__tostring");
    luaL_newlib (L, methods);
    for (const luaL_Reg *f = fields; f->name; f++) { /* for completion */
        lua_pushboolean (L, true);
        lua_setfield (L, -2, f->name);
    }
    lua_setfield (L, -2, "methods");
    lua_pop (L, 2);
    lua_register (L, "serve", serve);
}
