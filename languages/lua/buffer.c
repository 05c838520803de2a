/* SPDX-License-Identifier: BSD-3-Clause */
/* buffer.c: bytes that a script can change in place.
 *
 * A fixed number of them, zero at first, counted from 0 as on disks.  Lua's strings cannot
 * be changed, so a disk kept in strings would copy all of them for each byte written. */
#include "script.h"

#include <string.h>

static const char type_name[] = "stele.buffer";

struct buffer {
    size_t n;
    char bytes[];
};

static struct buffer *need_buffer (lua_State *L) {
    return luaL_checkudata (L, 1, type_name);
}

const char *buffer_bytes (lua_State *L, int index, size_t *n) {
    struct buffer *b = luaL_testudata (L, index, type_name);

    if (!b)
        return NULL;
    *n = b->n;
    return b->bytes;
}

int buffer_make (lua_State *L) {
    const char *text = NULL;
    size_t n;
    struct buffer *b;

    if (lua_type (L, 1) == LUA_TSTRING)
        text = lua_tolstring (L, 1, &n);
    else
        n = text_need_unsigned (L, 1);
    luaL_argcheck (L, n <= (size_t) 1 << 46, 1, "too large");
    b = lua_newuserdatauv (L, sizeof *b + n, 0);
    b->n = n;
    if (text)
        memcpy (b->bytes, text, n);
    else
        memset (b->bytes, 0, n);
    luaL_setmetatable (L, type_name);
    return 1;
}

/* An offset argument, and the COUNT bytes from it within the buffer. */
static size_t need_range (lua_State *L, const struct buffer *b, int index, uint64_t count) {
    uint64_t offset = text_need_unsigned (L, index);

    if (offset > b->n || count > b->n - offset)
        luaL_error (L, "%I bytes from %I end after the buffer, which has %I bytes",
                    (lua_Integer) count, (lua_Integer) offset, (lua_Integer) b->n);
    return (size_t) offset;
}

/* b:get(offset, count) */
static int buffer_get (lua_State *L) {
    struct buffer *b = need_buffer (L);
    uint64_t count = text_need_unsigned (L, 3);

    lua_pushlstring (L, b->bytes + need_range (L, b, 2, count), count);
    return 1;
}

/* b:set(offset, text) */
static int buffer_set (lua_State *L) {
    struct buffer *b = need_buffer (L);
    size_t n;
    const char *bytes = buffer_bytes (L, 3, &n);

    if (!bytes)
        bytes = luaL_checklstring (L, 3, &n);
    memmove (b->bytes + need_range (L, b, 2, n), bytes, n);
    return 0;
}

/* b:fill(byte [, offset, count]) */
static int buffer_fill (lua_State *L) {
    struct buffer *b = need_buffer (L);
    lua_Integer byte = luaL_checkinteger (L, 2);
    uint64_t count = b->n;
    size_t offset = 0;

    luaL_argcheck (L, byte >= 0 && byte <= 255, 2, "not a byte");
    if (!lua_isnoneornil (L, 3)) {
        count = text_need_unsigned (L, 4);
        offset = need_range (L, b, 3, count);
    }
    memset (b->bytes + offset, (int) byte, count);
    return 0;
}

static int buffer_length (lua_State *L) {
    lua_pushinteger (L, (lua_Integer) need_buffer (L)->n);
    return 1;
}

static int buffer_tostring (lua_State *L) {
    struct buffer *b = need_buffer (L);

    lua_pushlstring (L, b->bytes, b->n);
    return 1;
}

void buffer_setup (lua_State *L) {
    static const luaL_Reg methods[] = {
        {"get", buffer_get}, {"set", buffer_set}, {"fill", buffer_fill}, {NULL, NULL}};
    static const luaL_Reg events[] = {
        {"__len", buffer_length}, {"__tostring", buffer_tostring}, {NULL, NULL}};

    luaL_newmetatable (L, type_name);
    luaL_setfuncs (L, events, 0);
    luaL_newlib (L, methods);
    lua_setfield (L, -2, "__index");
    lua_pop (L, 1);
}
