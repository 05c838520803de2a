/* SPDX-License-Identifier: BSD-3-Clause */
/* error.c: errors on their way out of Lua.
 *
 * Beside plain Lua errors there are errors with an errno: a table with the fields errno,
 * name and message that prints as its message.  stele.fail and devices raise them; not
 * caught, their errno is what the client sees.
 *
 * An error is logged once, where it arose: a device's error was told by the device, or is
 * on its way to the client, so it is not told again by every script it passes through. */
#include "script.h"

#include <errno.h>
#include <string.h>

static const char type_name[] = "stele.error";

static int error_tostring (lua_State *L) {
    luaL_checktype (L, 1, LUA_TTABLE);
    lua_pushliteral (L, "message");
    lua_rawget (L, 1);
    luaL_tolstring (L, -1, NULL);
    return 1;
}

static int error_concat (lua_State *L) {
    luaL_tolstring (L, 1, NULL);
    luaL_tolstring (L, 2, NULL);
    lua_concat (L, 2);
    return 1;
}

void error_setup (lua_State *L) {
    static const luaL_Reg methods[] = {
        {"__tostring", error_tostring}, {"__concat", error_concat}, {NULL, NULL}};

    luaL_newmetatable (L, type_name);
    luaL_setfuncs (L, methods, 0);
    lua_pop (L, 1);
}

/* TOLD: the log has it already. */
static int raise (lua_State *L, int number, bool from_device, bool told) {
    lua_createtable (L, 0, 5);
    lua_pushinteger (L, number);
    lua_setfield (L, -2, "errno");
    if (error_name (number)) {
        lua_pushstring (L, error_name (number));
        lua_setfield (L, -2, "name");
    }
    lua_pushboolean (L, from_device);
    lua_setfield (L, -2, "device");
    lua_pushboolean (L, told);
    lua_setfield (L, -2, "told");
    lua_rotate (L, -2, 1); /* error text */
    lua_setfield (L, -2, "message");
    luaL_setmetatable (L, type_name);
    return lua_error (L);
}

int error_raise (lua_State *L, int number, bool from_device) {
    return raise (L, number, from_device, false);
}

int error_raise_struct (lua_State *L, const struct error *error, bool place,
                        bool from_device) {
    if (place)
        luaL_where (L, 1);
    lua_pushstring (L, error->text);
    if (place)
        lua_concat (L, 2);
    return raise (L, error->number ? error->number : EIO, from_device, error->told);
}

static bool is_error (lua_State *L, int index) {
    bool is;

    if (!lua_istable (L, index) || !lua_getmetatable (L, index))
        return false;
    luaL_getmetatable (L, type_name);
    is = lua_rawequal (L, -1, -2);
    lua_pop (L, 2);
    return is;
}

int error_number_of (lua_State *L, int index) {
    lua_Integer n;

    index = lua_absindex (L, index);
    if (!is_error (L, index))
        return 0;
    lua_pushliteral (L, "errno");
    lua_rawget (L, index);
    n = lua_tointeger (L, -1);
    lua_pop (L, 1);
    return n > 0 && n < 4096 ? (int) n : EIO;
}

static bool is_so (lua_State *L, int index, const char *field) {
    bool is;

    if (!is_error (L, index))
        return false;
    lua_pushstring (L, field);
    lua_rawget (L, index);
    is = lua_toboolean (L, -1);
    lua_pop (L, 1);
    return is;
}

int error_number_need (lua_State *L, int index) {
    lua_Integer n;

    if (lua_type (L, index) == LUA_TSTRING && !lua_isnumber (L, index)) {
        n = error_number (lua_tostring (L, index));
        luaL_argcheck (L, n > 0, index, "not the name of an error; EIO, ENOSPC are");
    } else {
        n = luaL_checkinteger (L, index);
        luaL_argcheck (L, n > 0 && n < 4096, index, "not the number of an error");
    }
    return (int) n;
}

/* Telling */

struct report {
    struct fiber *fiber;
    int status, number;
};

typedef void log_fn (const struct log *, const char *who, const char *format, ...)
    __attribute__ ((format (printf, 3, 4)));

/* The lines of a traceback, a line of the log each, but for its title and our own frame. */
static void log_traceback (lua_State *L, struct fiber *f, log_fn *log) {
    const struct plugin *p = f->script->plugin;
    const char *line, *end;

    luaL_traceback (L, f->L, NULL, 0);
    line = strchr (lua_tostring (L, -1), '\n');
    for (; line && (end = strchr (line + 1, '\n')); line = end)
        log (&p->host->log, p->name, "    %.*s", (int) (end - line - 2), line + 2);
    lua_pop (L, 1);
}

/* Does nobody else tell of it?  What fails before a client comes, or after one has gone, is
 * told by the core; a request that is not supported is no news. */
static bool is_ours_to_tell (const struct fiber *f, int number, bool from_device) {
    bool close = f->row && f->row->kind == KIND_LIFE && strchr (f->row->takes, 'h');

    return !from_device && !close && f->session && number != ENOTSUP && number != EOPNOTSUPP;
}

/* [report] */
static int report (lua_State *L) {
    struct report *r = lua_touserdata (L, 1);
    struct fiber *f = r->fiber;
    const struct plugin *p = f->script->plugin;
    log_fn *log;
    const char *text;
    bool first = f->error && f->error->number == 0, from_device, told, carries;

    if (r->status == LUA_YIELD)
        lua_pushliteral (L, "coroutine.yield outside of a coroutine of the script's own");
    else
        lua_xmove (f->L, L, 1);
    from_device = is_so (L, 2, "device");
    told = is_so (L, 2, "told");
    carries = error_number_of (L, 2) > 0;
    if (carries)
        r->number = error_number_of (L, 2);
    text = luaL_tolstring (L, 2, NULL);
    if (r->number == EIO && strcmp (text, "not enough memory") == 0)
        r->number = ENOMEM; /* Lua's own library raises it as any other error */
    if (from_device)
        error_set (f->error, r->number, "%s", text);
    else
        error_set (f->error, r->number, "%s: %s", f->what, text);
    log = is_ours_to_tell (f, r->number, from_device) ? log_error : log_debug;
    log (&p->host->log, p->name, "%s: %s", f->what, text);
    if (first)
        f->error->told = told || log == log_error;
    if (!carries)
        log_traceback (L, f, log);
    return 0;
}

int error_report (struct fiber *f, int status) {
    lua_State *L = f->script->L;
    struct report r = {.fiber = f, .status = status, .number = f->set_errno};

    if (r.number == 0)
        r.number = status == LUA_ERRMEM ? ENOMEM : EIO;
    lua_pushcfunction (L, report);
    lua_pushlightuserdata (L, &r);
    if (lua_pcall (L, 1, 0, 0) != LUA_OK) {
        lua_pop (L, 1);
        error_set (f->error, r.number, "%s: it failed, and telling why failed, too", f->what);
    }
    return -r.number;
}
