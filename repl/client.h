/* SPDX-License-Identifier: BSD-3-Clause */
/* client.h: a libnbd handle as a value of the prompt.  For client*.c and connect.c.
 *
 * A method is a row: its name, a shape (the C function that brings arguments and result
 * across, for all methods of one signature), and libnbd's function. */
#ifndef STELE_REPL_CLIENT_H
#define STELE_REPL_CLIENT_H

#include "functions.h"

#ifdef HAVE_LIBNBD
#include <libnbd.h>

struct command;

struct client {
    struct nbd_handle *nbd;   /* NULL once closed */
    struct command *commands; /* of aio_*, whose results were not taken yet */
};

typedef void any_fn (void);

struct method {
    const char *name; /* libnbd's, without nbd_ */
    lua_CFunction shape;
    any_fn *function; /* cast by the shape; NULL for one that is written by hand */
};

#define ROW(name, shape) { #name, shape, (any_fn *) nbd_##name }

/* The row that is the upvalue of the shape that runs. */
static inline const struct method *client_method (lua_State *L) {
    return lua_touserdata (L, lua_upvalueindex (1));
}

struct client *client_need (lua_State *L); /* the first argument, open */

/* Raise libnbd's error of this thread. */
int client_raise (lua_State *L);

uint64_t client_unsigned (lua_State *L, int index);      /* an argument */
uint32_t client_flags (lua_State *L, int index);         /* the same, 0 where it is left out */

/* client.c, client_lists.c, client_aio.c; each list ends with a row without a name. */
extern const struct method client_methods[], client_lists[], client_aio[];

void client_lists_setup (lua_State *);
void client_forget_commands (struct client *); /* the handle is closed */
#endif

#endif
