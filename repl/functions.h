/* SPDX-License-Identifier: BSD-3-Clause */
/* functions.h: the global functions of the prompt, a file each.
 *
 * Each _setup makes its types and sets its globals.  What waits does so between
 * prompt_leave and prompt_enter, looks at repl_interrupted, and touches no Lua meanwhile. */
#ifndef STELE_REPL_FUNCTIONS_H
#define STELE_REPL_FUNCTIONS_H

#include "../languages/lua/prompt.h"
#include "repl.h"

void serve_setup (lua_State *);  /* serve */
void client_setup (lua_State *); /* connect */
void socket_setup (lua_State *); /* pushes a table of functions, for wire.lua */
void shell_setup (lua_State *);  /* sh, sleep */

void serve_end (struct repl *); /* stop every server */

/* Raise an error in a callback: for what would end, there, the very thing that the prompt waits
 * for.  Others' callbacks may come in between. */
static inline void need_prompt (lua_State *L) {
    prompt_leave (L);
    prompt_enter (L);
}

static inline struct repl *repl_of (lua_State *L) {
    return (struct repl *) ((char *) prompt_plugin (L)->host - offsetof (struct repl, host));
}

/* Raise `NUMBER: text`; 0 is an error without a number. */
int raise_error (lua_State *, int number, const char *format, ...)
    __attribute__ ((format (printf, 3, 4)));

/* The name of any errno of this system; "E123" for what has none. */
const char *errno_name (int number);

/* After prompt_enter: raise an error if Ctrl-C was pressed meanwhile. */
void raise_interrupted (lua_State *);

#endif
