/* SPDX-License-Identifier: BSD-3-Clause */
/* call.c: the core calls the script.
 *
 * One function walks the letters of a row's `takes` and pushes the arguments; the letter of
 * its `gives` says how the result is fetched (results.c).  No callback is known here by its
 * name.  All of it runs in a fiber: the call may stop in the middle and be finished much
 * later, when the struct call is gone; what a WORK row needs is then found in the fiber. */
#include "script.h"

/* What the script's `open` gave; without an `open`, the device below. */
static void push_handle (lua_State *L, const struct call *c) {
    struct device *below = c->next ? c->next : c->device ? c->device->below : NULL;

    if (c->handle)
        lua_rawgeti (L, LUA_REGISTRYINDEX, (lua_Integer) (intptr_t) c->handle);
    else if (below)
        device_push (L, below);
    else
        lua_pushnil (L);
}

static int push_arguments (lua_State *L, const struct call *c) {
    const struct request *r = c->request;
    int n = 0;

    for (const char *letter = c->row->takes; *letter; letter++, n++)
        switch (*letter) {
        case 'h': push_handle (L, c); break;
        case 'n':
            if (c->next)
                device_push (L, c->next);
            else
                n--; /* of a plugin */
            break;
        case 'k': lua_pushstring (L, c->key); break;
        case 'v': lua_pushstring (L, c->value); break;
        case 'r': lua_pushboolean (L, c->readonly); break;
        case 't': lua_pushboolean (L, c->tls); break;
        case 'c': lua_pushinteger (L, (lua_Integer) r->count); break;
        case 'o': lua_pushinteger (L, (lua_Integer) r->offset); break;
        case 'd': lua_pushlstring (L, r->payload, r->count); break;
        case 'm': lua_pushboolean (L, (r->flags & REQUEST_MAY_TRIM) != 0); break;
        case 'f': lua_pushinteger (L, r->flags); break;
        case 'x': lua_pushstring (L, r->context); break; /* nil for NULL */
        default: luaL_error (L, "the row '%s' takes an unknown letter", c->row->name);
        }
    return n;
}

static int finished (lua_State *L, int status, lua_KContext context) {
    struct fiber *f = script_of (L)->now;

    (void) status;
    (void) context;
    results[(unsigned char) f->row->gives].fetch (L, f);
    return 0;
}

int call_body (lua_State *L) {
    struct fiber *f = script_of (L)->now;
    const struct callback *row = f->row;
    int count = results[(unsigned char) row->gives].count;

    lua_rawgeti (L, LUA_REGISTRYINDEX, f->script->rows[row - callbacks]);
    if (!lua_isfunction (L, 1)) { /* a fact as a plain value */
        lua_settop (L, count);
        return finished (L, LUA_OK, 0);
    }
    lua_callk (L, push_arguments (L, f->call), count, 0, finished);
    return finished (L, LUA_OK, 0);
}
