/* SPDX-License-Identifier: BSD-3-Clause */
/* lua.c: the language Lua: a script from its loading to its end.
 *
 * Each plugin has a Lua state of its own.  What the script defines is looked up once, after
 * it has been read, and kept by reference; a name that Lua itself had defined before and
 * that the script left alone (`load`) is not the script's. */
#include "../languages.h"
#include "script.h"

#include <errno.h>
#include <libgen.h>
#include <lualib.h>
#include <stdlib.h>
#include <string.h>

#include "../../core/hostile.h"

/* A script of another server may have a table `cache` or a number `block_size` of its own.
 * STRICT or not, what could not be meant as this row is somebody's variable. */
static bool is_variable (lua_State *L, const struct callback *row, bool strict) {
    int type = lua_type (L, -1);

    if (row->kind == KIND_WORK)
        return !strict || type == LUA_TTABLE;
    if (row->gives == 'D')
        return !strict;
    return row->gives == '0' || (row->gives == 'z' && type != LUA_TTABLE);
}

/* What is on top of the stack, for row ROW: is it a callback? */
static enum defined defined_as (lua_State *L, const struct callback *row, bool strict) {
    struct script *s = script_of (L);

    if (lua_isfunction (L, -1))
        return DEFINED;
    if (lua_isnil (L, -1))
        return NOT_DEFINED;
    if (row->kind == KIND_WORK && lua_touserdata (L, -1) == s->pass)
        return DEFINED_AS_PASS;
    if (is_variable (L, row, strict)) {
        if (strict)
            log_debug (&s->plugin->host->log, s->plugin->name,
                       "'%s' is a %s and not taken for a callback", row->name,
                       luaL_typename (L, -1));
        return NOT_DEFINED;
    }
    if (row->kind == KIND_WORK || row->gives == 'D')
        luaL_error (L, "'%s' is a %s; a function is wanted%s", row->name, luaL_typename (L, -1),
                    row->kind == KIND_WORK ? ", or pass" : "");
    return DEFINED; /* a fact as a plain value */
}

static int gives_pass (lua_State *L) {
    lua_getfield (L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    lua_getfield (L, -1, "stele");
    lua_getfield (L, -1, "pass");
    return 1;
}

static int is_gone (lua_State *L) {
    return luaL_error (L, "the script does not define it any more");
}

/* Devices that are open call a WORK that was defined once, whatever became of it: what is on
 * top of the stack is replaced by something that can be called. */
static enum defined stand_in (lua_State *L, enum defined now) {
    if (now != DEFINED) {
        lua_pop (L, 1);
        lua_pushcfunction (L, now == DEFINED_AS_PASS ? gives_pass : is_gone);
    }
    return DEFINED;
}

void rows_keep (lua_State *L, bool strict) {
    struct script *s = script_of (L);

    lua_pushglobaltable (L);
    for (const struct callback *row = callbacks; row->name; row++) {
        int *reference = &s->rows[row - callbacks];
        enum defined *defined = &s->defined[row - callbacks];
        lua_pushstring (L, row->name);
        lua_rawget (L, -2);
        lua_rawgeti (L, LUA_REGISTRYINDEX, *reference); /* what was there before */
        if (lua_rawequal (L, -1, -2)) {
            lua_pop (L, 2);
            continue;
        }
        lua_pop (L, 1);
        enum defined now = defined_as (L, row, strict);
        *defined = row->kind == KIND_WORK && *defined == DEFINED ? stand_in (L, now) : now;
        luaL_unref (L, LUA_REGISTRYINDEX, *reference);
        *reference = luaL_ref (L, LUA_REGISTRYINDEX);
    }
    lua_pop (L, 1);
}

static void keep_globals_before (lua_State *L) {
    struct script *s = script_of (L);

    lua_pushglobaltable (L);
    for (const struct callback *row = callbacks; row->name; row++) {
        lua_pushstring (L, row->name);
        lua_rawget (L, -2);
        s->rows[row - callbacks] = luaL_ref (L, LUA_REGISTRYINDEX);
    }
    lua_pop (L, 1);
}

/* Modules beside the script are found, too. */
static void add_folder (lua_State *L, const char *path) {
    char **folder = text_box (L);

    if (!(*folder = realpath (path, NULL)))
        *folder = strdup (path);
    if (!*folder)
        luaL_error (L, "out of memory");
    lua_getglobal (L, "package");
    lua_pushstring (L, dirname (*folder));
    lua_getfield (L, -2, "path");
    lua_pushfstring (L, "%s/?.lua;%s/?/init.lua;%s", lua_tostring (L, -2), lua_tostring (L, -2),
                     lua_tostring (L, -1));
    lua_setfield (L, -4, "path");
    lua_pop (L, 4);
}

/* An optional global string, malloc'ed. */
static char *global_text (lua_State *L, const char *name) {
    char *text = NULL;

    lua_pushglobaltable (L);
    lua_pushstring (L, name);
    if (lua_rawget (L, -2) == LUA_TSTRING && !(text = strdup (lua_tostring (L, -1))))
        luaL_error (L, "out of memory");
    lua_pop (L, 2);
    return text;
}

static void set_up (lua_State *L) {
    struct script *s = script_of (L);

    luaL_openlibs (L);
    error_setup (L);
    device_setup (L);
    buffer_setup (L);
    module_setup (L);

    lua_newtable (L);
    lua_pushvalue (L, -1);
    lua_pushvalue (L, -1);
    s->config = luaL_ref (L, LUA_REGISTRYINDEX);
    lua_setglobal (L, "config");
    lua_setfield (L, -2, "config");

    luaL_getsubtable (L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    lua_pushvalue (L, -2);
    lua_setfield (L, -2, "stele");
    lua_pop (L, 1);
    lua_setglobal (L, "stele");
    add_folder (L, s->plugin->path);
}

static int load_body (lua_State *L) {
    struct script *s = script_of (L);
    struct plugin *p = s->plugin;
    int r;

    set_up (L);
    keep_globals_before (L);
    r = luaL_loadfile (L, p->path);
    if (r != LUA_OK)
        return error_raise (L, r == LUA_ERRMEM ? ENOMEM : EINVAL, false);
    lua_call (L, 0, 0);
    rows_keep (L, true);
    p->longname = global_text (L, "longname");
    p->version = global_text (L, "version");
    p->description = global_text (L, "description");
    p->config_help = global_text (L, "config_help");
    params_declare (L, p);
    return 0;
}

static void forget (struct plugin *p) {
    struct script *s = p->script;

    fibers_free (s);
    if (s->L)
        lua_close (s->L);
    free (s);
    p->script = NULL;
}

static int load (struct plugin *p, struct error *error) {
    struct script *s = calloc (1, sizeof *s);
    int r;

    if (!s || !(s->L = luaL_newstate ())) {
        free (s);
        return error_set (error, ENOMEM, "%s: out of memory", p->path);
    }
#ifdef HOSTILE
    lua_setallocf (s->L, hostile_lua, NULL);
#endif
    s->plugin = p;
    *(struct script **) lua_getextraspace (s->L) = s;
    p->script = s;
    r = script_run (s, p->name, load_body, NULL, error);
    if (r < 0)
        forget (p);
    return r;
}

static enum defined defines (struct plugin *p, const struct callback *row) {
    const struct script *s = p->script;

    return s->defined[row - callbacks];
}

static int configure (struct plugin *p, const struct parameter *parameter,
                      const struct value *value, struct error *error) {
    struct setting setting = {.parameter = parameter, .value = value};

    return script_run (p->script, parameter->name, params_configure, &setting, error);
}

static int call (struct plugin *p, struct call *c) {
    bool work = c->row->kind == KIND_WORK;
    struct fiber *f = fiber_new (p->script);

    if (!f)
        return error_set (work ? c->request->error : c->error, ENOMEM, "%s: out of memory",
                          c->row->name);
    f->what = c->row->name;
    f->row = c->row;
    f->call = c;
    f->session = c->session ? c->session : c->device ? plugin_session (c->device) : NULL;
    f->device = c->device;
    f->request = work ? c->request : NULL;
    f->error = work ? c->request->error : c->error;
    return fiber_start (f, call_body);
}

static int drop_body (lua_State *L) {
    const intptr_t *reference = script_of (L)->now->of;

    luaL_unref (L, LUA_REGISTRYINDEX, (int) *reference);
    devices_collect (L);
    return 0;
}

static void drop (struct plugin *p, void *handle) {
    intptr_t reference = handle ? (intptr_t) handle : LUA_NOREF;

    script_run (p->script, "close", drop_body, &reference, NULL);
}

const struct language lua_language = {
    .name = "lua",
    .suffix = ".lua",
    .doc = "scripts in Lua 5.4, inside of the server",
    .load = load,
    .defines = defines,
    .configure = configure,
    .call = call,
    .drop = drop,
    .close = forget,
    .strand = true,
};
