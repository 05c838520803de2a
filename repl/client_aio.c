/* SPDX-License-Identifier: BSD-3-Clause */
/* client_aio.c: commands of a client that are not waited for.
 *
 *     > n = c:aio_pread(512, 0)          a cookie
 *     > c:poll(-1)                       until something has happened
 *     > c:aio_result(n)                  the data; true of other commands; nil: not yet
 *
 * libnbd writes to the buffer until the command has completed, so a small struct keeps it,
 * from the start until the result was taken or the handle closed. */
#include "client.h"

#ifdef HAVE_LIBNBD
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct command {
    int64_t cookie;
    struct command *next;
    bool completed; /* libnbd has forgotten it */
    int error;      /* errno it completed with */
    bool gives;     /* its data is an answer */
    size_t count;
    char data[];
};

void client_forget_commands (struct client *c) {
    while (c->commands) {
        struct command *k = c->commands;
        c->commands = k->next;
        free (k);
    }
}

static struct command *command_new (lua_State *L, size_t count, const char *data) {
    luaL_argcheck (L, count <= 256 << 20, 2, "too many bytes");
    struct command *k = calloc (1, sizeof *k + count + 1);

    if (!k)
        luaL_error (L, "no memory for a command");
    k->count = count;
    if (data)
        memcpy (k->data, data, count);
    return k;
}

/* It is under way as COOKIE: the client's from now on. */
static int command_start (lua_State *L, struct client *c, struct command *k, int64_t cookie) {
    if (cookie < 0) {
        free (k);
        return client_raise (L);
    }
    k->cookie = cookie;
    k->next = c->commands;
    c->commands = k;
    lua_pushinteger (L, cookie);
    return 1;
}

static int aio_pread (lua_State *L) {
    struct client *c = client_need (L);
    size_t count = (size_t) client_unsigned (L, 2);
    uint64_t offset = client_unsigned (L, 3);
    uint32_t flags = client_flags (L, 4);
    struct command *k = command_new (L, count, NULL);

    k->gives = true;
    return command_start (L, c, k,
                          nbd_aio_pread (c->nbd, k->data, count, offset, NBD_NULL_COMPLETION, flags));
}

static int aio_pwrite (lua_State *L) {
    struct client *c = client_need (L);
    size_t count;
    const char *bytes = luaL_checklstring (L, 2, &count);
    uint64_t offset = client_unsigned (L, 3);
    uint32_t flags = client_flags (L, 4);
    struct command *k = command_new (L, count, bytes);

    return command_start (L, c, k, nbd_aio_pwrite (c->nbd, k->data, count, offset,
                                                   NBD_NULL_COMPLETION, flags));
}

typedef int64_t range_fn (struct nbd_handle *, uint64_t, uint64_t, nbd_completion_callback,
                          uint32_t);

static int aio_range (lua_State *L) {
    struct client *c = client_need (L);
    range_fn *function = (range_fn *) client_method (L)->function;
    uint64_t count = client_unsigned (L, 2), offset = client_unsigned (L, 3);
    uint32_t flags = client_flags (L, 4);
    struct command *k = command_new (L, 0, NULL);

    return command_start (L, c, k, function (c->nbd, count, offset, NBD_NULL_COMPLETION, flags));
}

static int aio_flush (lua_State *L) {
    struct client *c = client_need (L);
    uint32_t flags = client_flags (L, 2);
    struct command *k = command_new (L, 0, NULL);

    return command_start (L, c, k, nbd_aio_flush (c->nbd, NBD_NULL_COMPLETION, flags));
}

static struct command **find (struct client *c, int64_t cookie) {
    struct command **at = &c->commands;

    while (*at && (*at)->cookie != cookie)
        at = &(*at)->next;
    return *at ? at : NULL;
}

/* Ask libnbd whether it has completed, and remember that: libnbd says so once. */
static int has_completed (struct client *c, struct command *k) {
    if (k->completed)
        return 1;
    int r = nbd_aio_command_completed (c->nbd, (uint64_t) k->cookie);
    if (r != 0)
        k->completed = true;
    if (r < 0)
        k->error = nbd_get_errno () ? nbd_get_errno () : EIO;
    return k->completed;
}

static struct command **need_command (lua_State *L, struct client *c) {
    struct command **at = find (c, luaL_checkinteger (L, 2));

    luaL_argcheck (L, at, 2, "no command under way has this cookie");
    return at;
}

static int aio_command_completed (lua_State *L) {
    struct client *c = client_need (L);

    lua_pushboolean (L, has_completed (c, *need_command (L, c)));
    return 1;
}

/* [client cookie] what it gave, or nil while it is under way; raises what it failed with */
static int aio_result (lua_State *L) {
    struct client *c = client_need (L);
    struct command **at = need_command (L, c), *k = *at;

    if (!has_completed (c, k))
        return 0;
    if (k->gives && !k->error)
        lua_pushlstring (L, k->data, k->count);
    else
        lua_pushboolean (L, true);
    int number = k->error;
    *at = k->next;
    free (k);
    return number ? raise_error (L, number, "the command failed: %s", strerror (number)) : 1;
}

const struct method client_aio[] = {
    { "aio_pread", aio_pread, NULL },
    { "aio_pwrite", aio_pwrite, NULL },
    { "aio_flush", aio_flush, NULL },
    ROW (aio_trim, aio_range),
    ROW (aio_zero, aio_range),
    ROW (aio_cache, aio_range),
    { "aio_command_completed", aio_command_completed, NULL },
    { "aio_result", aio_result, NULL },
    { NULL, NULL, NULL },
};
#endif
