/* SPDX-License-Identifier: BSD-3-Clause */
/* params.c: the script's `parameters` as a list of struct parameter, and their values.
 *
 *     parameters = { size = { "size", required = true, doc = "..." }, ... }
 *
 * The list is built in an object that Lua collects, so that an error in the middle leaves
 * nothing behind; when it is whole the plugin takes it over. */
#include "script.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What stands between { }, by name, beside the type and the choices. */
enum kind_of_field { FIELD_BOOLEAN, FIELD_STRING };

static const struct field {
    const char *name;
    enum kind_of_field kind;
    size_t offset;
} fields[] = {
    {"required", FIELD_BOOLEAN, offsetof (struct parameter, required)},
    {"bare", FIELD_BOOLEAN, offsetof (struct parameter, bare)},
    {"many", FIELD_BOOLEAN, offsetof (struct parameter, many)},
    {"hidden", FIELD_BOOLEAN, offsetof (struct parameter, hidden)},
    {"default", FIELD_STRING, offsetof (struct parameter, fallback)},
    {"label", FIELD_STRING, offsetof (struct parameter, label)},
    {"doc", FIELD_STRING, offsetof (struct parameter, doc)},
};

enum { FIELDS = sizeof fields / sizeof fields[0] };

static const char *field_name (const void *of, int i) {
    (void) of;
    return i < FIELDS ? fields[i].name : NULL;
}

static const char *type_name (const void *of, int i) {
    (void) of;
    return i < PARAM_TYPES ? parameter_type_name ((enum parameter_type) i) : NULL;
}

static void list_free (struct parameter *list) {
    for (struct parameter *p = list; p && p->name; p++) {
        free ((void *) p->name);
        free ((void *) p->choices);
        free ((void *) p->fallback);
        free ((void *) p->label);
        free ((void *) p->doc);
    }
    free (list);
}

/* [list] __gc */
static int list_collect (lua_State *L) {
    struct parameter **list = lua_touserdata (L, 1);

    list_free (*list);
    *list = NULL;
    return 0;
}

/* The string on top of the stack, to stay. */
static char *copy (lua_State *L) {
    char *s = strdup (lua_tostring (L, -1));

    if (!s)
        luaL_error (L, "out of memory");
    return s;
}

static int complain (lua_State *L, const char *parameter, const char *what, const char *word,
                     const char *near) {
    return luaL_error (L, "parameters.%s: unknown %s '%s'%s%s%s", parameter, what, word,
                       near ? ": did you mean '" : "", near ? near : "", near ? "'?" : "");
}

/* {"a", "b"} to "a|b". */
static void read_choices (lua_State *L, struct parameter *p, int index) {
    lua_Integer n = (lua_Integer) luaL_len (L, index);
    luaL_Buffer b;

    luaL_buffinit (L, &b);
    for (lua_Integer i = 1; i <= n; i++) {
        if (i > 1)
            luaL_addchar (&b, '|');
        lua_geti (L, index, i);
        if (lua_type (L, -1) != LUA_TSTRING)
            luaL_error (L, "parameters.%s: a choice is a string, not a %s", p->name,
                        luaL_typename (L, -1));
        luaL_addvalue (&b);
    }
    luaL_pushresult (&b);
    p->choices = copy (L);
    lua_pop (L, 1);
}

/* The value is on top of the stack, its key below. */
static void read_field (lua_State *L, struct parameter *p) {
    const char *name = lua_tostring (L, -2);
    const struct field *f = fields;
    void *place;

    while (f < fields + FIELDS && strcmp (f->name, name) != 0)
        f++;
    if (f == fields + FIELDS)
        complain (L, p->name, "field", name, error_near_miss (name, field_name, NULL));
    place = (char *) p + f->offset;
    if (f->kind == FIELD_BOOLEAN) {
        *(bool *) place = lua_toboolean (L, -1);
        return;
    }
    luaL_tolstring (L, -1, NULL); /* a default may be a number or a boolean */
    *(char **) place = copy (L);
    lua_pop (L, 1);
}

/* The table of one parameter is at INDEX. */
static void read_parameter (lua_State *L, struct parameter *p, int index) {
    const char *type;

    if (!lua_istable (L, index))
        luaL_error (L, "parameters.%s is a %s; a table with its type is wanted", p->name,
                    luaL_typename (L, index));
    lua_rawgeti (L, index, 1);
    type = lua_type (L, -1) == LUA_TSTRING ? lua_tostring (L, -1) : "";
    p->type = parameter_type (type);
    if (p->type == PARAM_TYPES || p->type == PARAM_device)
        complain (L, p->name, "type", type, error_near_miss (type, type_name, NULL));
    lua_pop (L, 1);
    lua_rawgeti (L, index, 2);
    if (lua_istable (L, -1))
        read_choices (L, p, lua_gettop (L));
    if (p->type == PARAM_choice && !p->choices)
        luaL_error (L, "parameters.%s: a choice wants the list of its choices", p->name);
    lua_pop (L, 1);
    lua_pushnil (L);
    while (lua_next (L, index)) {
        if (lua_type (L, -2) == LUA_TSTRING)
            read_field (L, p);
        lua_pop (L, 1);
    }
}

/* Bare first, then required, then by name: Lua's tables have no order of their own. */
static int compare (const void *a_, const void *b_) {
    const struct parameter *a = a_, *b = b_;

    if (a->bare != b->bare)
        return a->bare ? -1 : 1;
    if (a->required != b->required)
        return a->required ? -1 : 1;
    return strcmp (a->name, b->name);
}

static size_t count_pairs (lua_State *L, int index) {
    size_t n = 0;

    for (lua_pushnil (L); lua_next (L, index); lua_pop (L, 1))
        n++;
    return n;
}

/* Pushes the object that holds the list. */
static struct parameter **push_list (lua_State *L, size_t n) {
    struct parameter **list = lua_newuserdatauv (L, sizeof *list, 0);

    *list = NULL;
    lua_createtable (L, 0, 1);
    lua_pushcfunction (L, list_collect);
    lua_setfield (L, -2, "__gc");
    lua_setmetatable (L, -2);
    if (!(*list = calloc (n + 1, sizeof **list)))
        luaL_error (L, "out of memory");
    return list;
}

void params_declare (lua_State *L, struct plugin *plugin) {
    struct parameter **list;
    size_t n, i = 0;
    int table;

    lua_pushglobaltable (L);
    lua_pushliteral (L, "parameters");
    if (lua_rawget (L, -2) == LUA_TNIL)
        return;
    table = lua_gettop (L);
    luaL_checktype (L, table, LUA_TTABLE);
    n = count_pairs (L, table);
    list = push_list (L, n);
    for (lua_pushnil (L); lua_next (L, table); lua_pop (L, 1)) {
        if (lua_type (L, -2) != LUA_TSTRING)
            luaL_error (L, "parameters: the name of a parameter is a string, not a %s",
                        luaL_typename (L, -2));
        lua_pushvalue (L, -2);
        (*list)[i].name = copy (L);
        lua_pop (L, 1);
        read_parameter (L, &(*list)[i++], lua_gettop (L));
    }
    qsort (*list, n, sizeof **list, compare);
    plugin_declare (plugin, *list);
    *list = NULL;
}

/* Values */

static void push_unsigned (lua_State *L, const char *name, uint64_t n) {
    if (n > INT64_MAX)
        luaL_error (L, "%s: too large a number for Lua", name);
    lua_pushinteger (L, (lua_Integer) n);
}

static void push_value (lua_State *L, const struct parameter *p, const struct value *v) {
    switch (p->type) {
    case PARAM_size:
    case PARAM_unsigned: push_unsigned (L, p->name, v->u); break;
    case PARAM_integer: lua_pushinteger (L, v->i); break;
    case PARAM_boolean: lua_pushboolean (L, v->b); break;
    case PARAM_delay: lua_pushnumber (L, (double) v->u / 1e9); break;
    case PARAM_probability: lua_pushnumber (L, v->d); break;
    default: lua_pushstring (L, v->s); break;
    }
}

int params_configure (lua_State *L) {
    struct script *s = script_of (L);
    const struct setting *setting = s->now->of;
    const struct parameter *p = setting->parameter;
    lua_Integer n = 0;

    lua_rawgeti (L, LUA_REGISTRYINDEX, s->config);
    if (!setting->value->set) {
        lua_pushnil (L);
    } else if (!p->many) {
        push_value (L, p, setting->value);
    } else {
        lua_newtable (L);
        for (const struct value *v = setting->value; v; v = v->more) {
            push_value (L, p, v);
            lua_rawseti (L, -2, ++n);
        }
    }
    lua_setfield (L, -2, p->name);
    return 0;
}
