/* SPDX-License-Identifier: BSD-3-Clause */
/* device.c: the script calls a device.
 *
 * One type for all devices.  Its methods are the FACT and WORK rows of callbacks[], one C
 * function for each kind, with the row as its upvalue; none is named here.  For one device
 * there is one object while anybody holds it: a table with weak values finds it again.
 *
 * An object holds a reference, which goes when the object is collected or closed.  Where a
 * method's answer comes LATER, the fiber stops and the object is marked busy. */
#include "script.h"

#include <errno.h>
#include <inttypes.h>

static const char type_name[] = "stele.device";
static const char cache_key; /* its address finds the table of objects in the registry */

struct object {
    struct device *device; /* a reference; NULL once closed */
    unsigned busy;         /* requests that are under way */
};

struct device *device_get (lua_State *L, int index) {
    struct object *o = luaL_testudata (L, index, type_name);

    return o ? o->device : NULL;
}

static struct object *need_object (lua_State *L, int index) {
    struct object *o = luaL_checkudata (L, index, type_name);

    luaL_argcheck (L, o->device, index, "the device has been closed");
    return o;
}

struct device *device_need (lua_State *L, int index) {
    return need_object (L, index)->device;
}

void device_push (lua_State *L, struct device *d) {
    struct object *o;

    lua_rawgetp (L, LUA_REGISTRYINDEX, &cache_key);
    if (lua_rawgetp (L, -1, d) == LUA_TUSERDATA) {
        lua_remove (L, -2);
        return;
    }
    lua_pop (L, 1);
    o = lua_newuserdatauv (L, sizeof *o, 0);
    *o = (struct object){.device = NULL};
    luaL_setmetatable (L, type_name);
    lua_pushvalue (L, -1);
    lua_rawsetp (L, -3, d);
    o->device = device_ref (d);
    script_of (L)->devices++;
    lua_remove (L, -2);
}

/* Devices are small for Lua and large for the world, so Lua is in no hurry to collect them.
 * When a client has left it is: what only it used ought to go, files be closed. */
void devices_collect (lua_State *L) {
    enum { LARGE_KILOBYTES = 64 << 10, STEP_KILOBYTES = 8 << 10 };

    if (script_of (L)->devices == 0)
        return;
    if (lua_gc (L, LUA_GCCOUNT) < LARGE_KILOBYTES)
        lua_gc (L, LUA_GCCOLLECT);
    else
        lua_gc (L, LUA_GCSTEP, STEP_KILOBYTES);
}

static void object_empty (lua_State *L, struct object *o) {
    struct device *d = o->device;

    if (!d)
        return;
    o->device = NULL;
    script_of (L)->devices--;
    device_unref (d);
}

static int object_collect (lua_State *L) {
    object_empty (L, luaL_checkudata (L, 1, type_name));
    return 0;
}

static int object_close (lua_State *L) {
    struct object *o = luaL_checkudata (L, 1, type_name);
    struct device *d = o->device;

    if (!d)
        return 0;
    if (o->busy)
        return luaL_error (L, "the device has requests under way");
    lua_rawgetp (L, LUA_REGISTRYINDEX, &cache_key);
    lua_pushnil (L);
    lua_rawsetp (L, -2, d);
    object_empty (L, o);
    return 0;
}

static int object_tostring (lua_State *L) {
    struct object *o = luaL_checkudata (L, 1, type_name);

    if (!o->device)
        lua_pushliteral (L, "device (closed)");
    else
        lua_pushfstring (L, "device %s %I", o->device->type->name,
                         (lua_Integer) o->device->facts.get_size);
    return 1;
}

/* Facts */

static int push_words (lua_State *L, char **words) {
    lua_newtable (L);
    for (int i = 0; words && words[i]; i++) {
        lua_pushstring (L, words[i]);
        lua_rawseti (L, -2, i + 1);
    }
    return 1;
}

static int object_fact (lua_State *L) {
    static const char *const support[] = {"none", "emulate", "native"};
    const struct callback *row = lua_touserdata (L, lua_upvalueindex (1));
    const void *field = (const char *) &device_need (L, 1)->facts + row->field;
    const struct block_size *z = field;

    switch (row->gives) {
    case 'b': lua_pushboolean (L, *(const bool *) field); return 1;
    case 'i': lua_pushinteger (L, (lua_Integer) * (const uint64_t *) field); return 1;
    case 's': lua_pushstring (L, *(char *const *) field); return 1;
    case 'w': return push_words (L, *(char **const *) field);
    case 'e': lua_pushstring (L, support[*(const enum support *) field]); return 1;
    case 'z':
        lua_pushinteger (L, z->minimum);
        lua_pushinteger (L, z->preferred);
        lua_pushinteger (L, z->maximum);
        return 3;
    default: return luaL_error (L, "the row '%s' gives an unknown letter", row->name);
    }
}

/* Work */

enum { AREA = 8 }; /* the stack's place behind all arguments: where the answer is put */

/* The arguments of a method, after self, by the letters of its row. */
static void read_arguments (lua_State *L, const struct callback *row, struct request *r) {
    int index = 2;
    size_t n;

    r->work = row->work;
    for (const char *letter = row->takes + 1; *letter; letter++, index++)
        switch (*letter) {
        case 'c': r->count = text_need_unsigned (L, index); break;
        case 'o': r->offset = text_need_unsigned (L, index); break;
        case 'd':
            r->payload = buffer_bytes (L, index, &n);
            if (!r->payload)
                r->payload = luaL_checklstring (L, index, &n);
            r->count = n;
            break;
        case 'm': r->flags |= lua_toboolean (L, index) ? REQUEST_MAY_TRIM : 0; break;
        case 'f': r->flags |= (uint32_t) luaL_optinteger (L, index, 0); break;
        case 'x': r->context = luaL_optstring (L, index, NULL); break;
        }
    luaL_argcheck (L, r->flags <= 15, index - 1, "unknown flags");
}

/* [extents] __gc */
static int extents_collect (lua_State *L) {
    extents_clear (luaL_checkudata (L, 1, "stele.extents"));
    return 0;
}

/* Make room for the answer, at AREA. */
static void push_area (lua_State *L, const struct callback *row, struct request *r) {
    lua_settop (L, AREA - 1);
    if (row->gives == 'B') {
        r->data = lua_newuserdatauv (L, r->count ? r->count : 1, 0);
    } else if (row->gives == 'x') {
        r->extents = lua_newuserdatauv (L, sizeof *r->extents, 0);
        extents_init (r->extents, r->offset, r->count, r->flags & REQUEST_REQ_ONE);
        luaL_setmetatable (L, "stele.extents");
    }
}

static void push_number (lua_State *L, const char *name, uint64_t n) {
    lua_pushinteger (L, (lua_Integer) n);
    lua_setfield (L, -2, name);
}

static int push_extents (lua_State *L, const struct extents *e) {
    size_t n = e->one && e->n > 1 ? 1 : e->n;

    lua_createtable (L, n < 1000 ? (int) n : 1000, 0);
    for (size_t i = 0; i < n; i++) {
        lua_createtable (L, 0, 3);
        push_number (L, "offset", e->v[i].offset);
        push_number (L, "length", e->v[i].length);
        push_number (L, "type", e->v[i].type);
        lua_rawseti (L, -2, (lua_Integer) i + 1);
    }
    return 1;
}

/* The request is finished: its result, or an error, to the script. */
static int answer (lua_State *L, const struct callback *row, struct asking *a, int result) {
    const struct request *r = &a->request;

    if (result < 0) {
        error_set (&a->error, -result, "%s: the device failed", row->name);
        a->error.number = -result;
        return error_raise_struct (L, &a->error, false, true);
    }
    if (row->gives == 'B') {
        lua_pushlstring (L, lua_touserdata (L, AREA), r->count);
        return 1;
    }
    return row->gives == 'x' ? push_extents (L, lua_touserdata (L, AREA)) : 0;
}

static int answered_later (lua_State *L, int status, lua_KContext context) {
    struct fiber *f = script_of (L)->now;
    struct object *o = lua_touserdata (L, 1);

    (void) status;
    o->busy--;
    return answer (L, (const struct callback *) context, &f->asking, f->answer);
}

static int object_work (lua_State *L) {
    const struct callback *row = lua_touserdata (L, lua_upvalueindex (1));
    struct object *o = need_object (L, 1);
    struct fiber *f = fiber_that_can_wait (L);
    struct asking own, *a = f ? &f->asking : &own;
    int result;

    a->request = (struct request){.error = &a->error};
    a->error.number = 0;
    a->error.text[0] = '\0';
    read_arguments (L, row, &a->request);
    if ((result = device_check (o->device, &a->request)) < 0)
        return answer (L, row, a, result);
    push_area (L, row, &a->request);
    o->busy++;
    result = f ? fiber_ask (f, o->device) : device_run (o->device, &a->request);
    if (result == LATER)
        return lua_yieldk (L, 0, (lua_KContext) row, answered_later);
    o->busy--;
    return answer (L, row, a, result);
}

static void add_method (lua_State *L, const struct callback *row, lua_CFunction function) {
    lua_pushlightuserdata (L, (void *) row);
    lua_pushcclosure (L, function, 1);
    lua_setfield (L, -2, row->name);
}

static void make_cache (lua_State *L) {
    lua_newtable (L);
    lua_createtable (L, 0, 1);
    lua_pushliteral (L, "v");
    lua_setfield (L, -2, "__mode");
    lua_setmetatable (L, -2);
    lua_rawsetp (L, LUA_REGISTRYINDEX, &cache_key);
}

void device_setup (lua_State *L) {
    static const luaL_Reg methods[] = {{"__gc", object_collect},
                                       {"__close", object_close},
                                       {"__tostring", object_tostring},
                                       {NULL, NULL}};

    make_cache (L);
    luaL_newmetatable (L, "stele.extents");
    lua_pushcfunction (L, extents_collect);
    lua_setfield (L, -2, "__gc");
    lua_pop (L, 1);

    luaL_newmetatable (L, type_name);
    luaL_setfuncs (L, methods, 0);
    lua_newtable (L);
    lua_pushcfunction (L, object_close);
    lua_setfield (L, -2, "close");
    for (const struct callback *row = callbacks; row->name; row++)
        if (row->kind != KIND_LIFE)
            add_method (L, row, row->kind == KIND_FACT ? object_fact : object_work);
    lua_setfield (L, -2, "__index");
    lua_pop (L, 1);
}
