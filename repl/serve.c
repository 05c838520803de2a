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
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "../core/options.h"
#include "../core/pool.h"
#include "../core/server.h"
#include "../core/uri.h"
#include "functions.h"

enum { THREADS = 64 };
static const char type_name[] = "stele.server";

struct served {
    struct strings words; /* what OPTIONS point into */
    struct options options;
    struct server server;
    struct device *device; /* a reference; NULL where there is a plugin */
    struct plugin *plugin; /* the prompt's own; NULL where the server has its chain */
    char *uri;
    struct served *next; /* of repl->servers */
};

/* A value: NULL once it is stopped. */
struct name {
    struct served *served;
};

/* Services that are not a chain of the server's own. */

static struct device *open_device (void *of, const struct session *session, struct error *error) {
    struct served *s = of;
    (void) session, (void) error;
    return device_ref (s->device);
}

static int no_preconnect (void *of, const struct session *session, struct error *error) {
    (void) of, (void) session, (void) error;
    return 0;
}

static int one_export (void *of, const struct session *session, struct exports *list,
                       struct error *error) {
    (void) of, (void) session;
    return exports_add (list, "", NULL, error);
}

static int no_name (void *of, const struct session *session, char **name, struct error *error) {
    (void) of, (void) session;
    *name = strdup ("");
    return *name ? 0 : error_set (error, ENOMEM, "out of memory");
}

static struct device *open_script (void *of, const struct session *session, struct error *error) {
    struct served *s = of;
    return plugin_open (s->plugin, session, error);
}

static int script_preconnect (void *of, const struct session *session, struct error *error) {
    struct served *s = of;
    return plugin_preconnect (s->plugin, session, error);
}

static int script_exports (void *of, const struct session *session, struct exports *list,
                           struct error *error) {
    struct served *s = of;
    return plugin_list_exports (s->plugin, session, list, error);
}

static int script_default (void *of, const struct session *session, char **name,
                           struct error *error) {
    struct served *s = of;
    return plugin_default_export (s->plugin, session, name, error);
}

static const struct service device_service = { .preconnect = no_preconnect,
                                               .list_exports = one_export,
                                               .default_export = no_name,
                                               .open = open_device };
static const struct service script_service = { .preconnect = script_preconnect,
                                               .list_exports = script_exports,
                                               .default_export = script_default,
                                               .open = open_script };

/* What serves instead of a chain; the server needs threads and no scripts. */
static int serve_as (struct served *s, const struct service *service, struct error *error) {
    struct server *server = &s->server;

    server->service = *service;
    server->service.host = &server->host;
    server->service.of = s;
    if (s->plugin)
        server->wire_options.one_at_a_time =
            plugin_thread_model (s->plugin) == SERIALIZE_CONNECTIONS;
    server->host.pool = pool_new (s->options.threads ? s->options.threads : THREADS);
    return server->host.pool ? 0 : error_set (error, ENOMEM, "no memory for the threads");
}

static int serve_chain (struct server *server, struct error *error) {
    int r = server_load (server, error);
    if (r == 0)
        r = server_configure (server, error);
    if (r == 0)
        r = server_complete (server, error);
    if (r == 0)
        r = server_get_ready (server, error);
    return r;
}

/* Off the strand: from the options to a server that can be connected to. */
static int start (struct served *s, struct error *error) {
    struct server *server = &s->server;

    int r = server_init (server, &s->options, error);
    if (r == 0)
        r = s->device   ? serve_as (s, &device_service, error)
            : s->plugin ? serve_as (s, &script_service, error)
                        : serve_chain (server, error);
    if (r == 0)
        r = server_listen (server, error);
    if (r == 0)
        r = server_start (server, error);
    if (r < 0)
        return r;
    const struct listener *l = server_nearest (server);
    s->uri = l ? uri_format (l, s->options.export_name) : NULL;
    return s->uri ? 0 : error_set (error, ENOMEM, "no memory for the server's URI");
}

/* Off the strand. */
static void finish (struct served *s) {
    server_end (&s->server);
    device_unref (s->device);
    options_clear (&s->options);
    strings_clear (&s->words);
    free (s->uri);
    free (s);
}

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
        finish (s);
    }
}

/* The words of a command line, from the table at 1. */

static void add_word (lua_State *L, struct strings *words, const char *format, const char *key,
                      int value) {
    char *word;
    int n = asprintf (&word, format, key, luaL_tolstring (L, value, NULL));
    bool kept = n >= 0 && strings_add (words, word);

    if (n >= 0)
        free (word);
    lua_pop (L, 1);
    if (!kept)
        luaL_error (L, "serve: no memory");
}

static void add_filters (lua_State *L, struct strings *words, int value) {
    luaL_argcheck (L, lua_istable (L, value), 1, "filters = is a list: filters = { \"cow\" }");
    for (lua_Integer i = 1; lua_geti (L, value, i) != LUA_TNIL; i++) {
        add_word (L, words, "%s%s", "--filter=", lua_gettop (L));
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
                strings_add (words, "--readonly");
        }
        else if (*key)
            add_word (L, words, "%s=%s", key, value);
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
    strings_add (words, "stele");
    if (!lua_istable (L, 1))
        return words;
    for (lua_Integer i = 1; lua_geti (L, 1, i) != LUA_TNIL; i++) {
        add_word (L, words, "%s%s", "", lua_gettop (L));
        lua_pop (L, 1);
    }
    lua_pop (L, 1);
    add_fields (L, words);
    return words;
}

/* What makes no sense for a server within a prompt. */
static int check_options (const struct options *o, bool wants_plugin, struct error *error) {
    const struct {
        bool given;
        const char *name;
    } rows[] = { { o->run, "run" },
                 { o->single, "single" },
                 { o->help, "help" },
                 { o->version, "version" },
                 { o->dump_config, "dump-config" },
                 { o->dump_plugin, "dump-plugin" },
                 { o->swap, "swap" },
                 { o->user, "user" },
                 { o->group, "group" },
                 { o->pidfile, "pidfile" },
                 { o->exit_with_parent, "exit-with-parent" } };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].given)
            return error_set (error, EINVAL, "serve: --%s has no place at the prompt",
                              rows[i].name);
    if (wants_plugin && !o->plugin)
        return error_set (error, EINVAL, "serve: which plugin?  serve{ \"memory\", \"64M\" }");
    if (!wants_plugin && (o->plugin || o->filters.n))
        return error_set (error, EINVAL, "serve: a device or this script is served as it is, "
                          "without filters");
    return 0;
}

static int parse (struct served *s, struct error *error) {
    struct options *o = &s->options;
    bool wants_plugin = !s->device && !s->plugin;
    char **v = calloc (s->words.n + 1, sizeof *v); /* with a NULL at its end */

    if (!v)
        return error_set (error, ENOMEM, "serve: no memory");
    memcpy (v, s->words.v, s->words.n * sizeof *v);
    int r = options_parse (o, (int) s->words.n, v, error);
    free (v);
    if (r == 0)
        r = check_options (o, wants_plugin, error);
    if (r == 0 && !o->sockets.n && !o->port && !o->address && !o->vsock &&
        !strings_add (&o->sockets, "-"))
        r = error_set (error, ENOMEM, "serve: no memory");
    return r;
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
    lua_settop (L, 1);
    struct strings *words = push_words (L);
    struct name *name = lua_newuserdatauv (L, sizeof *name, 0);
    *name = (struct name){ NULL };
    luaL_setmetatable (L, type_name);
    struct served *s = calloc (1, sizeof *s);
    if (!s)
        return luaL_error (L, "serve: no memory");
    s->server.quit = s->server.host.log.fd = -1;
    s->words = *words;
    *words = (struct strings){ 0 };
    take_subject (L, s);
    prompt_leave (L);
    int result = parse (s, &error);
    if (result == 0)
        result = start (s, &error);
    if (result < 0)
        finish (s);
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
    name->served = NULL;
    forget (repl_of (L), s);
    prompt_leave (L);
    finish (s);
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
