/* SPDX-License-Identifier: BSD-3-Clause */
/* text.c: functions of `stele` that read what people write: sizes, delays, passwords.
 *
 * The parsing is that of parameters; here it is only brought to Lua. */
#include "script.h"

#include <errno.h>
#include <stdlib.h>

uint64_t text_need_unsigned (lua_State *L, int index) {
    lua_Integer n = luaL_checkinteger (L, index);

    luaL_argcheck (L, n >= 0, index, "less than 0");
    return (uint64_t) n;
}

const char *text_join (lua_State *L, int first) {
    int last = lua_gettop (L);
    luaL_Buffer b;

    luaL_buffinit (L, &b);
    for (int i = first; i <= last; i++) {
        if (i > first)
            luaL_addchar (&b, ' ');
        luaL_tolstring (L, i, NULL);
        luaL_addvalue (&b);
    }
    luaL_pushresult (&b);
    return lua_tostring (L, -1);
}

/* [box] __gc */
static int box_collect (lua_State *L) {
    char **text = lua_touserdata (L, 1);

    free (*text);
    *text = NULL;
    return 0;
}

char **text_box (lua_State *L) {
    char **text = lua_newuserdatauv (L, sizeof *text, 0);

    *text = NULL;
    if (luaL_newmetatable (L, "stele.box")) {
        lua_pushcfunction (L, box_collect);
        lua_setfield (L, -2, "__gc");
    }
    lua_setmetatable (L, -2);
    return text;
}

static int need (lua_State *L, const struct error *error, int result) {
    return result < 0 ? error_raise_struct (L, error, false, false) : 1;
}

static int parse_size_ (lua_State *L) {
    struct error error = {0};
    uint64_t n;

    need (L, &error,
          parse_size (luaL_optstring (L, 2, "size"), luaL_checkstring (L, 1), &n, &error));
    lua_pushinteger (L, (lua_Integer) n);
    return 1;
}

static int parse_delay_ (lua_State *L) {
    struct error error = {0};
    uint64_t ns;

    need (L, &error,
          parse_delay (luaL_optstring (L, 2, "delay"), luaL_checkstring (L, 1), &ns, &error));
    lua_pushnumber (L, (double) ns / 1e9);
    return 1;
}

static int parse_probability_ (lua_State *L) {
    struct error error = {0};
    double n;

    need (L, &error,
          parse_probability (luaL_optstring (L, 2, "probability"), luaL_checkstring (L, 1), &n,
                             &error));
    lua_pushnumber (L, n);
    return 1;
}

static int parse_boolean_ (lua_State *L) {
    struct error error = {0};
    bool b;

    need (L, &error,
          parse_boolean (luaL_optstring (L, 2, "boolean"), luaL_checkstring (L, 1), &b, &error));
    lua_pushboolean (L, b);
    return 1;
}

static int read_password (lua_State *L) {
    const char *text = luaL_checkstring (L, 1);
    bool interactive = script_of (L)->plugin->host->stdio_safe;
    struct error error = {0};
    char **password = text_box (L);

    need (L, &error, parse_password ("password", text, interactive, password, &error));
    lua_pushstring (L, *password);
    return 1;
}

static int debug (lua_State *L) {
    const struct plugin *p = script_of (L)->plugin;

    if (p->host->log.verbose)
        log_debug (&p->host->log, p->name, "%s", text_join (L, 1));
    return 0;
}

static int log_ (lua_State *L) {
    const struct plugin *p = script_of (L)->plugin;

    log_error (&p->host->log, p->name, "%s", text_join (L, 1));
    return 0;
}

const luaL_Reg text_functions[] = {
    {"parse_size", parse_size_},
    {"parse_delay", parse_delay_},
    {"parse_probability", parse_probability_},
    {"parse_boolean", parse_boolean_},
    {"read_password", read_password},
    {"debug", debug},
    {"log", log_},
    {NULL, NULL},
};
