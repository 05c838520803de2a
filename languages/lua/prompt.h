/* SPDX-License-Identifier: BSD-3-Clause */
/* prompt.h: how the prompt lives inside of a Lua script.
 *
 * What is typed runs in a fiber of the script, on its strand, as its callbacks do.  While
 * the prompt waits for something else it is off the strand, because a server of this very
 * script may be what it waits for.  One prompt in one script, and all of this on its
 * thread. */
#ifndef STELE_LUA_PROMPT_H
#define STELE_LUA_PROMPT_H

#include <lauxlib.h>
#include <lua.h>
#include <stdbool.h>

#include "../../core/plugin.h"

/* Run BODY on the strand; it finds OF with prompt_of.  It must catch errors itself: one that
 * escapes is told as a sentence in ERROR.  0 or -errno. */
int prompt_run (struct plugin *, lua_CFunction body, void *of, struct error *);
void *prompt_of (lua_State *);

struct plugin *prompt_plugin (lua_State *);

/* Around a wait: no Lua between the two, and no other thing of the script.  prompt_leave
 * raises an error in a callback, which must not wait like that. */
void prompt_leave (lua_State *);
void prompt_enter (lua_State *);

/* The prompt may have changed what the script defines: look again.  Clients that are
 * connected get the new functions; a callback that is new is there for the next client. */
void prompt_refresh (lua_State *);

struct device *prompt_device (lua_State *, int index); /* borrowed; NULL if it is none */

/* Raise what C code has said, with its errno.  */
int prompt_raise (lua_State *, const struct error *);
int prompt_error_number (lua_State *, int index); /* of an error value; 0 for none */

#endif
