/* SPDX-License-Identifier: BSD-3-Clause */
/* construct.c: devices by name: stele.slice{disk, offset = 512}.
 *
 * One C function, with the row of the registry of primitives as its upvalue, is all the
 * constructors; none is named here.  What the script gives goes to the parameters of that
 * row; errors and near misses are theirs. */
#include "script.h"

#include <errno.h>
#include <string.h>

#include "../../core/primitives/primitives.h"

static const char type_name[] = "stele.arguments";

/* [arguments] __gc */
static int collect (lua_State *L) {
    arguments_clear (luaL_checkudata (L, 1, type_name));
    return 0;
}

/* Pushes them.  Made empty, typed, then filled: an error leaves them to the collector. */
static struct arguments *push_arguments (lua_State *L, const struct primitive *p) {
    struct arguments *a = lua_newuserdatauv (L, sizeof *a, 0);

    memset (a, 0, sizeof *a);
    luaL_setmetatable (L, type_name);
    if (arguments_init (a, p->parameters) < 0)
        luaL_error (L, "%s: out of memory", p->name);
    return a;
}

/* What a Lua value means for a parameter of this type, where it need not be read as text. */
static bool value_as_is (lua_State *L, int index, enum parameter_type type, struct value *v) {
    int exact = 0;
    lua_Integer n = lua_tointegerx (L, index, &exact);

    if (type == PARAM_device)
        return (v->device = device_get (L, index)) != NULL;
    if (type == PARAM_boolean && lua_isboolean (L, index)) {
        v->b = lua_toboolean (L, index);
        return true;
    }
    if (lua_type (L, index) != LUA_TNUMBER)
        return false;
    if ((type == PARAM_size || type == PARAM_unsigned) && exact && n >= 0) {
        v->u = (uint64_t) n;
        return true;
    }
    if (type == PARAM_integer && exact) {
        v->i = n;
        return true;
    }
    return false;
}

static void give (lua_State *L, struct arguments *a, const struct primitive *p,
                  const char *name, int index) {
    const struct parameter *row = parameter_find (p->parameters, name);
    struct value v = {.given = true, .set = true};
    struct error error = {0};
    int r, top = lua_gettop (L), type = lua_type (L, index);

    if (row && value_as_is (L, index, row->type, &v))
        r = arguments_give_value (a, p->name, name, &v, &error);
    else if (!row || type == LUA_TSTRING || type == LUA_TNUMBER)
        r = arguments_give (a, p->name, name, luaL_tolstring (L, index, NULL), &error);
    else
        r = error_set (&error, EINVAL, "%s: the parameter '%s' wants a %s, not a %s", p->name,
                       name, parameter_type_name (row->type), luaL_typename (L, index));
    lua_settop (L, top);
    if (r < 0)
        error_raise_struct (L, &error, true, false);
}

/* nil is not given; a list gives each of its elements, to a parameter that takes many. */
static void give_all (lua_State *L, struct arguments *a, const struct primitive *p,
                      const char *name, int index) {
    const struct parameter *row = parameter_find (p->parameters, name);

    if (lua_isnil (L, index))
        return;
    if (!row || !row->many || !lua_istable (L, index)) {
        give (L, a, p, name, index);
        return;
    }
    for (lua_Integer i = 1; lua_geti (L, index, i) != LUA_TNIL; i++) {
        give (L, a, p, name, lua_gettop (L));
        lua_pop (L, 1);
    }
    lua_pop (L, 1);
}

static const char *bare_name (lua_State *L, const struct primitive *p) {
    const struct parameter *bare = parameter_bare (p->parameters);

    if (!bare)
        luaL_error (L, "%s: each parameter wants its name", p->name);
    return bare->name;
}

static void give_table (lua_State *L, struct arguments *a, const struct primitive *p) {
    lua_Integer n = (lua_Integer) lua_rawlen (L, 1);

    for (lua_Integer i = 1; i <= n; i++) {
        lua_rawgeti (L, 1, i);
        give_all (L, a, p, bare_name (L, p), lua_gettop (L));
        lua_pop (L, 1);
    }
    lua_pushnil (L);
    while (lua_next (L, 1)) {
        int top = lua_gettop (L);
        if (lua_type (L, top - 1) == LUA_TSTRING)
            give_all (L, a, p, lua_tostring (L, top - 1), top);
        else if (!lua_isinteger (L, top - 1))
            luaL_error (L, "%s: a parameter's name is a string, not a %s", p->name,
                        luaL_typename (L, top - 1));
        lua_settop (L, top - 1);
    }
}

/* A device, owned by the stack from its making on. */
static int construct (lua_State *L) {
    const struct primitive *p = lua_touserdata (L, lua_upvalueindex (1));
    struct script *s = script_of (L);
    int n = lua_gettop (L);
    struct arguments *a = push_arguments (L, p);
    struct error error = {0};
    struct device **made;

    if (n == 1 && lua_istable (L, 1))
        give_table (L, a, p);
    else
        for (int i = 1; i <= n; i++)
            give_all (L, a, p, bare_name (L, p), i);
    made = lua_newuserdatauv (L, sizeof *made, 0);
    *made = NULL;
    luaL_setmetatable (L, "stele.made");
    if (!(*made = primitive_open (p, s->plugin->host, a, &error)))
        return error_raise_struct (L, &error, error.number == EINVAL, false);
    device_push (L, *made);
    device_unref (*made);
    *made = NULL;
    return 1;
}

/* [made] __gc: a device that could not be pushed */
static int made_collect (lua_State *L) {
    struct device **made = luaL_checkudata (L, 1, "stele.made");

    device_unref (*made);
    *made = NULL;
    return 0;
}

static void make_type (lua_State *L, const char *name, lua_CFunction gc) {
    luaL_newmetatable (L, name);
    lua_pushcfunction (L, gc);
    lua_setfield (L, -2, "__gc");
    lua_pop (L, 1);
}

void construct_setup (lua_State *L) {
    make_type (L, type_name, collect);
    make_type (L, "stele.made", made_collect);
    for (const struct primitive *p = primitives; p->name; p++) {
        lua_pushlightuserdata (L, (void *) p);
        lua_pushcclosure (L, construct, 1);
        lua_setfield (L, -2, p->name);
    }
}
