/* SPDX-License-Identifier: BSD-3-Clause */
/* client_lists.c: the methods of a client whose answer comes by a callback of libnbd.
 *
 * Callbacks run off the strand, where there is no Lua, so they collect what they are told
 * in memory of C, which a userdata owns; it becomes a table afterwards. */
#include "client.h"

#ifdef HAVE_LIBNBD
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char type_name[] = "stele.collected";

struct entry {
    char *name, *text;         /* owned; may be NULL */
    uint64_t offset, length;
    int64_t type;
};

struct collected {
    struct entry *v;
    size_t n, room;
    bool failed; /* out of memory: not all functions of libnbd mind what a callback says */
};

static int collected_gc (lua_State *L) {
    struct collected *c = luaL_checkudata (L, 1, type_name);

    for (size_t i = 0; i < c->n; i++) {
        free (c->v[i].name);
        free (c->v[i].text);
    }
    free (c->v);
    *c = (struct collected){ 0 };
    return 0;
}

static struct collected *push_collected (lua_State *L) {
    struct collected *c = lua_newuserdatauv (L, sizeof *c, 0);

    *c = (struct collected){ 0 };
    luaL_setmetatable (L, type_name);
    return c;
}

/* Room for one more, blank; NULL out of memory. */
static struct entry *add (struct collected *c) {
    if (c->n == c->room) {
        size_t room = c->room ? c->room * 2 : 16;
        struct entry *v = reallocarray (c->v, room, sizeof *v);
        if (!v) {
            c->failed = true;
            return NULL;
        }
        c->v = v;
        c->room = room;
    }
    c->v[c->n] = (struct entry){ 0 };
    return &c->v[c->n++];
}

static char *copy (struct collected *c, const char *text) {
    char *copy = strdup (text);

    c->failed |= !copy;
    return copy;
}

/* After the call, which gave R: raise an error if it has failed. */
static void need_all (lua_State *L, const struct collected *c, int r) {
    if (r >= 0 && c->failed)
        raise_error (L, ENOMEM, "no memory for the answer");
    if (r < 0)
        client_raise (L);
}

static int add_name (void *of, const char *name) {
    struct entry *e = add (of);
    return e && (e->name = copy (of, name)) ? 0 : -1;
}

static int add_export (void *of, const char *name, const char *description) {
    struct entry *e = add (of);

    if (!e || !(e->name = copy (of, name)))
        return -1;
    return !*description || (e->text = copy (of, description)) ? 0 : -1;
}

static int add_extents (void *of, const char *context, uint64_t offset, uint32_t *entries,
                        size_t n, int *error) {
    for (size_t i = 0; i + 1 < n; i += 2) {
        struct entry *e = add (of);
        if (!e || !(e->name = copy (of, context))) {
            *error = ENOMEM;
            return -1;
        }
        e->offset = offset;
        e->length = entries[i];
        e->type = entries[i + 1];
        offset += entries[i];
    }
    return 0;
}

static int add_chunk (void *of, const void *data, size_t count, uint64_t offset, unsigned status,
                      int *error) {
    struct entry *e = add (of);
    (void) data;

    if (!e)
        return -1;
    e->offset = offset;
    e->length = count;
    e->type = status == LIBNBD_READ_ERROR ? *error : 0;
    const char *text = status == LIBNBD_READ_DATA    ? "data"
                       : status == LIBNBD_READ_HOLE  ? "hole"
                       : status == LIBNBD_READ_ERROR ? "error"
                                                     : "?";
    return (e->text = copy (of, text)) ? 0 : -1;
}

static void set_integer (lua_State *L, const char *name, uint64_t n) {
    lua_pushinteger (L, (lua_Integer) n);
    lua_setfield (L, -2, name);
}

/* c:opt_list() { {name=, description=}, ... } */
static int opt_list (lua_State *L) {
    struct client *client = client_need (L);
    struct collected *c = push_collected (L);

    prompt_leave (L);
    int r = nbd_opt_list (client->nbd, (nbd_list_callback){ .callback = add_export, .user_data = c });
    prompt_enter (L);
    need_all (L, c, r);
    lua_createtable (L, (int) c->n, 0);
    for (size_t i = 0; i < c->n; i++) {
        lua_createtable (L, 0, 2);
        lua_pushstring (L, c->v[i].name);
        lua_setfield (L, -2, "name");
        lua_pushstring (L, c->v[i].text);
        lua_setfield (L, -2, "description");
        lua_rawseti (L, -2, (lua_Integer) i + 1);
    }
    return 1;
}

static int push_names (lua_State *L, const struct collected *c) {
    lua_createtable (L, (int) c->n, 0);
    for (size_t i = 0; i < c->n; i++) {
        lua_pushstring (L, c->v[i].name);
        lua_rawseti (L, -2, (lua_Integer) i + 1);
    }
    return 1;
}

typedef int context_fn (struct nbd_handle *, nbd_context_callback);

/* c:opt_list_meta_context(), c:opt_set_meta_context(): the names */
static int opt_contexts (lua_State *L) {
    struct client *client = client_need (L);
    context_fn *function = (context_fn *) client_method (L)->function;
    struct collected *c = push_collected (L);

    prompt_leave (L);
    int r = function (client->nbd, (nbd_context_callback){ .callback = add_name, .user_data = c });
    prompt_enter (L);
    need_all (L, c, r);
    return push_names (L, c);
}

/* { [context] = { {offset=, length=, type=}, ... }, ... } */
static int push_extents (lua_State *L, const struct collected *c) {
    lua_newtable (L);
    for (size_t i = 0; i < c->n; i++) {
        const struct entry *e = &c->v[i];
        lua_getfield (L, -1, e->name);
        if (lua_isnil (L, -1)) {
            lua_pop (L, 1);
            lua_newtable (L);
            lua_pushvalue (L, -1);
            lua_setfield (L, -3, e->name);
        }
        lua_createtable (L, 0, 3);
        set_integer (L, "offset", e->offset);
        set_integer (L, "length", e->length);
        set_integer (L, "type", (uint64_t) e->type);
        lua_rawseti (L, -2, (lua_Integer) lua_rawlen (L, -2) + 1);
        lua_pop (L, 1);
    }
    return 1;
}

static int block_status (lua_State *L) {
    struct client *client = client_need (L);
    uint64_t count = client_unsigned (L, 2), offset = client_unsigned (L, 3);
    uint32_t flags = client_flags (L, 4);
    struct collected *c = push_collected (L);

    prompt_leave (L);
    int r = nbd_block_status (client->nbd, count, offset,
                              (nbd_extent_callback){ .callback = add_extents, .user_data = c },
                              flags);
    prompt_enter (L);
    need_all (L, c, r);
    return push_extents (L, c);
}

/* The chunks that the data came in: { {offset=, length=, kind=}, ... } */
static int push_chunks (lua_State *L, const struct collected *c) {
    lua_createtable (L, (int) c->n, 0);
    for (size_t i = 0; i < c->n; i++) {
        lua_createtable (L, 0, 4);
        set_integer (L, "offset", c->v[i].offset);
        set_integer (L, "length", c->v[i].length);
        lua_pushstring (L, c->v[i].text);
        lua_setfield (L, -2, "kind");
        if (c->v[i].type) {
            lua_pushstring (L, errno_name ((int) c->v[i].type));
            lua_setfield (L, -2, "error");
        }
        lua_rawseti (L, -2, (lua_Integer) i + 1);
    }
    return 1;
}

/* c:pread_structured(count, offset, flags): the data, and its chunks; after a failure the
 * error is what pread would raise, and chunks are not to be had. */
static int pread_structured (lua_State *L) {
    struct client *client = client_need (L);
    size_t count = (size_t) client_unsigned (L, 2);
    uint64_t offset = client_unsigned (L, 3);
    uint32_t flags = client_flags (L, 4);

    luaL_argcheck (L, count <= 256 << 20, 2, "too many bytes");
    char *room = lua_newuserdatauv (L, count ? count : 1, 0);
    memset (room, 0, count ? count : 1);
    struct collected *c = push_collected (L);
    prompt_leave (L);
    int r = nbd_pread_structured (client->nbd, room, count, offset,
                                  (nbd_chunk_callback){ .callback = add_chunk, .user_data = c },
                                  flags);
    prompt_enter (L);
    need_all (L, c, r);
    lua_pushlstring (L, room, count);
    return 1 + push_chunks (L, c);
}

void client_lists_setup (lua_State *L) {
    luaL_newmetatable (L, type_name);
    lua_pushcfunction (L, collected_gc);
    lua_setfield (L, -2, "__gc");
    lua_pop (L, 1);
}

const struct method client_lists[] = {
    { "opt_list", opt_list, NULL },
    ROW (opt_list_meta_context, opt_contexts),
#ifdef LIBNBD_HAVE_NBD_OPT_SET_META_CONTEXT
    ROW (opt_set_meta_context, opt_contexts),
#endif
    { "block_status", block_status, NULL },
    { "pread_structured", pread_structured, NULL },
    { NULL, NULL, NULL },
};
#endif
