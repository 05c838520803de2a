/* SPDX-License-Identifier: BSD-3-Clause */
/* results.c: what a callback returned, by the letter of its row's `gives`.
 *
 * Each function finds the results on top of the stack and puts them where the core wants
 * them; one that will not do is an error that names the callback's place in the script.
 * Nothing is allocated before the last thing that can throw. */
#include "script.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The result will not do: an error that names the place where the callback is written. */
__attribute__ ((format (printf, 3, 4))) static int
bad (lua_State *L, struct fiber *f, const char *format, ...) {
    lua_Debug where = {.short_src = "", .linedefined = 0};
    char text[200];
    va_list args;

    va_start (args, format);
    vsnprintf (text, sizeof text, format, args);
    va_end (args);
    lua_rawgeti (L, LUA_REGISTRYINDEX, f->script->rows[f->row - callbacks]);
    if (lua_isfunction (L, -1)) {
        lua_getinfo (L, ">S", &where);
        lua_pushfstring (L, "%s:%d: the function returned %s", where.short_src,
                         where.linedefined, text);
    } else {
        lua_pushfstring (L, "the script says %s", text);
    }
    return lua_error (L);
}

/* For messages.  Stays on the stack. */
static const char *describe (lua_State *L, int index) {
    size_t n;
    const char *text = luaL_tolstring (L, index, &n);

    return n <= 60 ? text : luaL_typename (L, index);
}

static bool is_pass (lua_State *L, const struct fiber *f, int index) {
    return lua_touserdata (L, index) == f->script->pass;
}

static uint64_t size_at (lua_State *L, struct fiber *f, int index) {
    uint64_t bytes;
    int exact = 0;
    lua_Integer n = lua_tointegerx (L, index, &exact);

    if (lua_type (L, index) == LUA_TSTRING) {
        if (parse_size (f->what, lua_tostring (L, index), &bytes, NULL) < 0)
            bad (L, f, "%s, which is not a size", describe (L, index));
        return bytes;
    }
    if (!exact)
        bad (L, f, "%s, which is not a whole number", describe (L, index));
    if (n < 0)
        bad (L, f, "%" PRId64 ", which is less than 0", (int64_t) n);
    return (uint64_t) n;
}

static void fetch_nothing (lua_State *L, struct fiber *f) {
    /* A WORK row, or the one that is offered parameters, may hand on. */
    if (is_pass (L, f, -1) && (f->request || strchr (f->row->takes, 'k')))
        f->result = PASS;
}

static void fetch_boolean (lua_State *L, struct fiber *f) {
    if (!lua_isboolean (L, -1))
        bad (L, f, "%s, which is neither true nor false", describe (L, -1));
    f->call->out.b = lua_toboolean (L, -1);
}

static void fetch_size (lua_State *L, struct fiber *f) {
    f->call->out.i = size_at (L, f, -1);
}

static char *copy (lua_State *L, const char *text) {
    char *s = strdup (text);

    if (!s)
        luaL_error (L, "out of memory");
    return s;
}

static void fetch_text (lua_State *L, struct fiber *f) {
    if (lua_isnil (L, -1))
        return;
    if (lua_type (L, -1) != LUA_TSTRING)
        bad (L, f, "%s, which is not a string", describe (L, -1));
    f->call->out.s = copy (L, lua_tostring (L, -1));
}

static void fetch_support (lua_State *L, struct fiber *f) {
    static const char *const names[] = {"none", "emulate", "native"};

    for (int i = 0; i < 3; i++)
        if (lua_type (L, -1) == LUA_TSTRING ? strcmp (lua_tostring (L, -1), names[i]) == 0
                                            : lua_isinteger (L, -1) && lua_tointeger (L, -1) == i) {
            f->call->out.e = (enum support) i;
            return;
        }
    bad (L, f, "%s, which is none of none, emulate, native", describe (L, -1));
}

static uint32_t block_size_at (lua_State *L, struct fiber *f, int index) {
    uint64_t n = size_at (L, f, index);

    if (n > UINT32_MAX)
        bad (L, f, "%" PRIu64 ", which is too large for a block size", n);
    return (uint32_t) n;
}

/* Three values, or a table of three. */
static void fetch_block_size (lua_State *L, struct fiber *f) {
    int first = lua_absindex (L, -3);

    if (lua_istable (L, first)) {
        for (int i = 1; i <= 3; i++)
            lua_rawgeti (L, first, i);
        first = lua_absindex (L, -3);
    }
    f->call->out.z = (struct block_size){.minimum = block_size_at (L, f, first),
                                         .preferred = block_size_at (L, f, first + 1),
                                         .maximum = block_size_at (L, f, first + 2)};
}

static void fetch_thread_model (lua_State *L, struct fiber *f) {
    int model = lua_type (L, -1) == LUA_TSTRING ? thread_model_parse (lua_tostring (L, -1)) : -1;

    if (model < 0)
        bad (L, f,
             "%s, which is none of serialize_connections, serialize_all_requests, "
             "serialize_requests, parallel",
             describe (L, -1));
    f->call->out.t = (enum thread_model) model;
}

/* The string at a place of a list: its own, or the one of the pair that stands there.
 * Pushes it, or nil. */
static const char *list_text (lua_State *L, int entry, int place, const char *name) {
    lua_rawgeti (L, entry, place);
    if (lua_isnil (L, -1)) {
        lua_pop (L, 1);
        lua_pushstring (L, name);
        lua_rawget (L, entry);
    }
    return lua_type (L, -1) == LUA_TSTRING ? lua_tostring (L, -1) : NULL;
}

static void fetch_export (lua_State *L, struct fiber *f, int entry) {
    struct error error = {0};
    const char *name, *description = NULL;

    if (lua_istable (L, entry)) {
        name = list_text (L, entry, 1, "name");
        description = list_text (L, entry, 2, "description");
    } else {
        name = lua_type (L, entry) == LUA_TSTRING ? lua_tostring (L, entry) : NULL;
    }
    if (!name)
        bad (L, f, "a list with %s in it, which is neither a name nor a pair of name and "
                   "description",
             describe (L, entry));
    if (exports_add (f->call->out.l, name, description, &error) < 0)
        error_raise_struct (L, &error, false, false);
}

static void fetch_exports (lua_State *L, struct fiber *f) {
    int list = lua_gettop (L);
    lua_Unsigned n = lua_rawlen (L, list);

    if (lua_type (L, list) == LUA_TSTRING) {
        fetch_export (L, f, list);
        return;
    }
    if (!lua_istable (L, list))
        bad (L, f, "%s, which is not a list of names", describe (L, list));
    for (lua_Unsigned i = 1; i <= n; i++) {
        lua_rawgeti (L, list, (lua_Integer) i);
        fetch_export (L, f, list + 1);
        lua_settop (L, list);
    }
}

/* Nothing below throws between the allocation and its use. */
static void copy_words (lua_State *L, struct fiber *f, int list, size_t n) {
    char **words = calloc (n + 1, sizeof *words);
    bool failed = !words;

    for (size_t i = 0; i < n && !failed; i++) {
        lua_rawgeti (L, list, (lua_Integer) i + 1);
        words[i] = strdup (lua_tostring (L, -1));
        failed = !words[i];
        lua_pop (L, 1);
    }
    if (!failed) {
        f->call->out.w = words;
        return;
    }
    for (char **w = words; w && *w; w++)
        free (*w);
    free (words);
    luaL_error (L, "out of memory");
}

static void fetch_words (lua_State *L, struct fiber *f) {
    int list = lua_gettop (L);
    size_t n = lua_rawlen (L, list);

    if (lua_isnil (L, list))
        return;
    if (!lua_istable (L, list))
        bad (L, f, "%s, which is not a list of strings", describe (L, list));
    for (size_t i = 1; i <= n; i++) {
        if (lua_rawgeti (L, list, (lua_Integer) i) != LUA_TSTRING)
            bad (L, f, "a list with %s in it, which is not a string", describe (L, -1));
        lua_pop (L, 1);
    }
    copy_words (L, f, list, n);
}

/* A device, a handle, or both.  nil from a filter: as if it had no `open`. */
static void fetch_opened (lua_State *L, struct fiber *f) {
    struct device *device = device_get (L, -2);

    if (!device && lua_isnil (L, -2) && f->call->next)
        device_push (L, f->call->next);
    else
        lua_pushvalue (L, device && !lua_isnil (L, -1) ? -1 : -2);
    f->call->out.handle = (void *) (intptr_t) luaL_ref (L, LUA_REGISTRYINDEX);
    f->call->out.device = device ? device_ref (device) : NULL;
}

static void fetch_bytes (lua_State *L, struct fiber *f) {
    const struct request *r = f->request;
    size_t n = 0;
    const char *bytes;

    if (is_pass (L, f, -1)) {
        f->result = PASS;
        return;
    }
    bytes = lua_type (L, -1) == LUA_TSTRING ? lua_tolstring (L, -1, &n)
                                            : buffer_bytes (L, -1, &n);
    if (!bytes)
        bad (L, f, "%s, not %" PRIu64 " bytes in a string or buffer", describe (L, -1),
             r->count);
    if (n < r->count)
        bad (L, f, "%zu bytes, and %" PRIu64 " were asked for", n, r->count);
    memcpy (r->data, bytes, r->count);
}

/* A number of an extent, by its place or its name. */
static uint64_t extent_number (lua_State *L, struct fiber *f, int entry, int place,
                               const char *name) {
    uint64_t n;

    lua_rawgeti (L, entry, place);
    if (lua_isnil (L, -1)) {
        lua_pop (L, 1);
        lua_pushstring (L, name);
        lua_rawget (L, entry);
    }
    if (lua_isnil (L, -1))
        bad (L, f, "an extent without its %s", name);
    n = size_at (L, f, -1);
    lua_pop (L, 1);
    return n;
}

static bool extent_bit (lua_State *L, int entry, const char *name) {
    bool is;

    lua_pushstring (L, name);
    lua_rawget (L, entry);
    is = lua_toboolean (L, -1);
    lua_pop (L, 1);
    return is;
}

static uint32_t extent_type (lua_State *L, struct fiber *f, int entry) {
    uint32_t type = (extent_bit (L, entry, "hole") ? EXTENT_HOLE : 0) |
                    (extent_bit (L, entry, "zero") ? EXTENT_ZERO : 0);
    bool given;

    lua_rawgeti (L, entry, 3);
    given = !lua_isnil (L, -1);
    lua_pushliteral (L, "type");
    given |= lua_rawget (L, entry) != LUA_TNIL;
    lua_pop (L, 2);
    return given ? type | (uint32_t) extent_number (L, f, entry, 3, "type") : type;
}

/* True: more are wanted. */
static bool fetch_extent (lua_State *L, struct fiber *f, int entry) {
    struct extents *e = f->request->extents;
    uint64_t offset, length;
    int r;

    if (!lua_istable (L, entry))
        bad (L, f, "a list with %s in it, which is not an extent", describe (L, entry));
    offset = extent_number (L, f, entry, 1, "offset");
    length = extent_number (L, f, entry, 2, "length");
    r = extents_add (e, offset, length, extent_type (L, f, entry));
    if (r == -ERANGE)
        bad (L, f, "an extent that begins at %" PRIu64 ", and the one before ends at %" PRIu64,
             offset, e->next);
    if (r < 0)
        bad (L, f, "an extent that cannot be kept: %s", strerror (-r));
    return r == 0;
}

static void fetch_extents (lua_State *L, struct fiber *f) {
    int list = lua_gettop (L);
    bool more = true;

    if (is_pass (L, f, list)) {
        f->result = PASS;
        return;
    }
    if (!lua_istable (L, list))
        bad (L, f, "%s, which is not a list of extents", describe (L, list));
    for (lua_Integer i = 1; more && lua_rawgeti (L, list, i) != LUA_TNIL; i++) {
        more = fetch_extent (L, f, list + 1);
        lua_settop (L, list);
    }
    if (f->request->extents->n == 0)
        bad (L, f, "no extent at %" PRIu64 ", where the range begins", f->request->offset);
}

const struct result results[UINT8_MAX + 1] = {
    ['0'] = {1, fetch_nothing},
    ['b'] = {1, fetch_boolean},
    ['i'] = {1, fetch_size},
    ['s'] = {1, fetch_text},
    ['e'] = {1, fetch_support},
    ['z'] = {3, fetch_block_size},
    ['t'] = {1, fetch_thread_model},
    ['l'] = {1, fetch_exports},
    ['w'] = {1, fetch_words},
    ['D'] = {2, fetch_opened},
    ['B'] = {1, fetch_bytes},
    ['x'] = {1, fetch_extents},
};
