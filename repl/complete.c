/* SPDX-License-Identifier: BSD-3-Clause */
/* complete.c: how a line can go on.
 *
 * The last word of the line is a path of names, a.b:c; the value before its last `.` or `:`
 * is looked up, without running anything that was written, and its keys that begin like
 * what stands behind it are offered.  A global's name is a key of the table of globals. */
#include <stdlib.h>
#include <string.h>

#include "functions.h"

struct completion {
    const char *text;
    int skip; /* so many more are passed over */
    char *name;
};

static bool is_of_path (char c) {
    return c && (strchr ("_.:", c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                 (c >= '0' && c <= '9'));
}

/* Replace the only value on the stack by its field, raw or of a table of methods. */
static void step (lua_State *L, const char *name, size_t n) {
    lua_pushlstring (L, name, n);
    if (lua_istable (L, 1)) {
        lua_pushvalue (L, 2);
        lua_rawget (L, 1);
    }
    else
        lua_pushnil (L);
    if (lua_isnil (L, -1) && luaL_getmetafield (L, 1, "__index") == LUA_TTABLE) {
        lua_pushvalue (L, 2);
        lua_rawget (L, -2);
    }
    lua_replace (L, 1);
    lua_settop (L, 1);
}

/* Offer the keys of the table on top of the stack that begin with WORD. */
static void offer_keys (lua_State *L, struct completion *c, const char *path, const char *word) {
    int table = lua_gettop (L);

    lua_pushnil (L);
    while (!c->name && lua_next (L, table)) {
        const char *key = lua_type (L, -2) == LUA_TSTRING ? lua_tostring (L, -2) : "";
        bool fits = *key && strncmp (key, word, strlen (word)) == 0 && strncmp (key, "__", 2) != 0;
        if (fits && c->skip-- == 0 &&
            asprintf (&c->name, "%.*s%s", (int) (word - path), path, key) < 0)
            c->name = NULL;
        lua_settop (L, table + 1);
    }
    lua_settop (L, table);
}

static int complete (lua_State *L) {
    static const char *const tables[] = { "__index", "methods" };
    struct completion *c = prompt_of (L);
    const char *path = c->text + strlen (c->text), *word;

    while (path > c->text && is_of_path (path[-1]))
        path--;
    lua_pushglobaltable (L);
    for (word = path; word[strcspn (word, ".:")]; word += strcspn (word, ".:") + 1)
        step (L, word, strcspn (word, ".:"));
    if (lua_istable (L, 1))
        offer_keys (L, c, path, word);
    for (int i = 0; i < 2; i++)
        if (!c->name && luaL_getmetafield (L, 1, tables[i]) == LUA_TTABLE)
            offer_keys (L, c, path, word);
    return 0;
}

char *repl_complete (struct repl *r, const char *text, int i) {
    struct completion c = { .text = text, .skip = i };

    prompt_run (r->plugin, complete, &c, NULL);
    return c.name;
}
