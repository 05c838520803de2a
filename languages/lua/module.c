/* SPDX-License-Identifier: BSD-3-Clause */
/* module.c: the table `stele` that scripts see, and what is changed in Lua's own library.
 *
 * Functions about text, files and the client are beside this file; constructors of devices
 * come from their registry. */
#include "script.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static int sleep_ (lua_State *L) {
    double seconds = luaL_checknumber (L, 1);

    luaL_argcheck (L, seconds >= 0, 1, "less than 0 seconds, or no number");
    return fiber_sleep (L, seconds < 9e9 ? (uint64_t) (seconds * 1e9) : UINT64_C (9000000000000000000));
}

static int fail (lua_State *L) {
    int number = error_number_need (L, 1);

    if (lua_gettop (L) > 1)
        text_join (L, 2);
    else
        lua_pushstring (L, strerror (number));
    return error_raise (L, number, false);
}

static int set_error (lua_State *L) {
    int number = error_number_need (L, 1);

    if (script_of (L)->now)
        script_of (L)->now->set_errno = number;
    return 0;
}

/* Of a name, a number, or an error that was caught; nil for what has none. */
static int errno_name (lua_State *L) {
    int number = error_number_of (L, 1);

    if (number == 0 && lua_isinteger (L, 1))
        number = (int) lua_tointeger (L, 1);
    else if (number == 0 && lua_type (L, 1) == LUA_TSTRING)
        number = error_number (lua_tostring (L, 1));
    lua_pushstring (L, error_name (number));
    return 1;
}

static int time_ (lua_State *L) {
    struct timespec t;

    clock_gettime (CLOCK_REALTIME, &t);
    lua_pushnumber (L, (double) t.tv_sec + (double) t.tv_nsec / 1e9);
    return 1;
}

static int shutdown_ (lua_State *L) {
    struct host *host = script_of (L)->plugin->host;

    if (host->shutdown)
        host->shutdown (host);
    return 0;
}

static int stdio_safe (lua_State *L) {
    lua_pushboolean (L, script_of (L)->plugin->host->stdio_safe);
    return 1;
}

static int exit_ (lua_State *L) {
    return luaL_error (L, "os.exit would end the server in the midst of its work; "
                          "stele.shutdown() ends it properly, an error stops it from starting");
}

/* Standard output may be the wire. */
static int print_aside (lua_State *L) {
    const char *text = text_join (L, 1);

    fprintf (stderr, "%s\n", text);
    return 0;
}

static int pass_tostring (lua_State *L) {
    lua_pushliteral (L, "pass");
    return 1;
}

/* A value equal to nothing but itself. */
static void push_pass (lua_State *L) {
    struct script *s = script_of (L);

    s->pass = lua_newuserdatauv (L, 1, 0);
    lua_createtable (L, 0, 2);
    lua_pushcfunction (L, pass_tostring);
    lua_setfield (L, -2, "__tostring");
    lua_pushliteral (L, "pass");
    lua_setfield (L, -2, "__name");
    lua_setmetatable (L, -2);
    lua_pushvalue (L, -1);
    luaL_ref (L, LUA_REGISTRYINDEX); /* its address stays its own for good */
}

static const luaL_Reg functions[] = {
    {"sleep", sleep_},           {"fail", fail},
    {"set_error", set_error},    {"errno_name", errno_name},
    {"time", time_},             {"shutdown", shutdown_},
    {"stdio_safe", stdio_safe},  {"buffer", buffer_make},
    {NULL, NULL},
};

static const struct {
    const char *name;
    int value;
} constants[] = {
    {"MAY_TRIM", REQUEST_MAY_TRIM},   {"FUA", REQUEST_FUA},
    {"REQ_ONE", REQUEST_REQ_ONE},     {"FAST_ZERO", REQUEST_FAST_ZERO},
    {"HOLE", EXTENT_HOLE},            {"ZERO", EXTENT_ZERO},
};

static void replace (lua_State *L, const char *table, const char *name,
                     lua_CFunction function) {
    lua_getglobal (L, table);
    lua_pushcfunction (L, function);
    lua_setfield (L, -2, name);
    lua_pop (L, 1);
}

void module_setup (lua_State *L) {
    const struct plugin *p = script_of (L)->plugin;

    luaL_newlib (L, functions);
    luaL_setfuncs (L, text_functions, 0);
    luaL_setfuncs (L, file_functions, 0);
    luaL_setfuncs (L, peer_functions, 0);
    for (size_t i = 0; i < sizeof constants / sizeof constants[0]; i++) {
        lua_pushinteger (L, constants[i].value);
        lua_setfield (L, -2, constants[i].name);
    }
    lua_pushstring (L, p->name);
    lua_setfield (L, -2, "name");
    push_pass (L);
    lua_pushvalue (L, -1);
    lua_setglobal (L, "pass");
    lua_setfield (L, -2, "pass");
    construct_setup (L);
    replace (L, "os", "exit", exit_);
    if (!p->host->stdio_safe)
        replace (L, LUA_GNAME, "print", print_aside);
}
