/* SPDX-License-Identifier: BSD-3-Clause */
/* prompt.c: the prompt as one more fiber of a script.
 *
 * It differs from a callback's fiber in two ways: it is started by a thread of its own,
 * which waits for the strand, and it may let go of the strand in the midst of a C function.
 * `now` is taken down meanwhile, so that callbacks do not take themselves for nested. */
#include "prompt.h"

#include "../../core/strand.h"
#include "script.h"

int prompt_run (struct plugin *p, lua_CFunction body, void *of, struct error *error) {
    struct script *s = p->script;
    int r;

    strand_lock (p->strand);
    r = script_run (s, "prompt", body, of, error);
    s->prompt = NULL; /* its fiber will be a callback's */
    strand_leave (p->strand);
    return r;
}

void *prompt_of (lua_State *L) {
    struct script *s = script_of (L);

    s->prompt = s->now;
    return s->now->of;
}

struct plugin *prompt_plugin (lua_State *L) {
    return script_of (L)->plugin;
}

void prompt_leave (lua_State *L) {
    struct script *s = script_of (L);

    if (!s->now || s->now != s->prompt)
        luaL_error (L, "this can be used at the prompt only, not in a callback");
    s->now = NULL;
    strand_leave (s->plugin->strand);
}

void prompt_enter (lua_State *L) {
    struct script *s = script_of (L);

    strand_lock (s->plugin->strand);
    s->now = s->prompt;
}

void prompt_refresh (lua_State *L) {
    rows_keep (L, false);
    plugin_redefined (script_of (L)->plugin);
}

struct device *prompt_device (lua_State *L, int index) {
    return device_get (L, index);
}

int prompt_raise (lua_State *L, const struct error *error) {
    return error_raise_struct (L, error, false, false);
}

int prompt_error_number (lua_State *L, int index) {
    return error_number_of (L, index);
}
