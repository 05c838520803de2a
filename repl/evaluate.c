/* SPDX-License-Identifier: BSD-3-Clause */
/* evaluate.c: what was typed is compiled, run, and answered.
 *
 * A line is an expression if it can be one, else a statement, as at Lua's own prompt.  The
 * compiler is given one byte at a time, so that where it stopped is where the mistake is.
 * How values look is print.lua's; an error is one line. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "../core/error.h"
#include "functions.h"

static const char chunk_name[] = "=prompt", prefix[] = "prompt:1: ";
static const char show_key, show_error_key; /* their addresses: functions of print.lua */

/* What a signal handler must reach: the coroutine that runs what was typed. */
static lua_State *volatile running;
static volatile sig_atomic_t interrupted, ending;

const char *errno_name (int number) {
    static _Thread_local char text[16];
    const char *name = error_name (number);

    if (!name)
        name = strerrorname_np (number);
    if (!name) {
        snprintf (text, sizeof text, "E%d", number);
        name = text;
    }
    return name;
}

int raise_error (lua_State *L, int number, const char *format, ...) {
    struct error error = { 0 };
    va_list args;

    va_start (args, format);
    error_vset (&error, number, format, args);
    va_end (args);
    if (number)
        return prompt_raise (L, &error);
    lua_pushstring (L, error.text);
    return lua_error (L);
}

static void stop (lua_State *L, lua_Debug *where) {
    (void) where;
    lua_sethook (L, NULL, 0, 0);
    interrupted = 0;
    luaL_error (L, "interrupted");
}

void repl_interrupt (int number) {
    lua_State *L = running;

    signal (number, SIG_DFL); /* a second one ends the program */
    interrupted = 1;
    if (L)
        lua_sethook (L, stop, LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT, 1);
}

void repl_end (int number) {
    ending = 1;
    repl_interrupt (number);
}

void repl_hold_signals (sigset_t *before) {
    static const int numbers[] = { SIGINT, SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH, SIGHUP, SIGTERM };
    sigset_t set;

    sigemptyset (&set);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        sigaddset (&set, numbers[i]);
    pthread_sigmask (SIG_BLOCK, &set, before);
}

void repl_release_signals (const sigset_t *before) {
    pthread_sigmask (SIG_SETMASK, before, NULL);
}

bool repl_ending (void) {
    return ending;
}

bool repl_interrupted (void) {
    return interrupted;
}

void raise_interrupted (lua_State *L) {
    if (!interrupted)
        return;
    lua_sethook (L, NULL, 0, 0);
    interrupted = 0;
    luaL_error (L, "interrupted");
}

struct typed {
    const char *text;
    bool whole;
    enum evaluated result;
};

/* Bytes for the compiler, one at a time. */
struct bytes {
    const char *before, *text, *at;
};

static const char *next_byte (lua_State *L, void *of, size_t *n) {
    struct bytes *b = of;

    (void) L;
    if (*b->before) {
        *n = 1;
        return b->before++;
    }
    *n = *b->at ? 1 : 0;
    return *n ? b->at++ : NULL;
}

static bool is_incomplete (lua_State *L) {
    static const char mark[] = "<eof>";
    size_t n;
    const char *text = lua_tolstring (L, -1, &n);

    return n >= sizeof mark - 1 && strcmp (text + n - (sizeof mark - 1), mark) == 0;
}

static void print_escaped (const char *text) {
    for (; *text; text++)
        if (*text == '\n')
            fputs ("\\n", stdout);
        else if ((unsigned char) *text < ' ' || *text == 127)
            printf ("\\x%02x", (unsigned char) *text);
        else
            putchar (*text);
}

/* The line of TEXT in which AT lies, and a caret below its place: a character of several bytes
 * is one wide, and a tab as wide as the one above. */
static void print_place (const char *text, const char *at) {
    const char *start = at, *end;

    while (start > text && start[-1] != '\n')
        start--;
    end = start + strcspn (start, "\n");
    printf ("  %.*s\n  ", (int) (end - start), start);
    for (; start < at; start++)
        if (((unsigned char) *start & 0xc0) != 0x80)
            putchar (*start == '\t' ? '\t' : ' ');
    puts ("^");
}

/* How much of the text before the compiler's place is the word that it names as wrong. */
static size_t length_of_token (const char *message) {
    const char *quote = strrchr (message, '\''), *near = strstr (message, "near '");

    return near && quote > near + 6 ? (size_t) (quote - near) - 6 : 0;
}

static void print_syntax_error (const char *message, const struct bytes *b) {
    const char *at = b->at;
    size_t n = length_of_token (message);
    bool one_line = !strchr (b->text, '\n');

    if (one_line && strncmp (message, prefix, sizeof prefix - 1) == 0)
        message += sizeof prefix - 1;
    fputs ("error: ", stdout);
    print_escaped (message);
    putchar ('\n');
    if (n && *at == '\0' && at - b->text >= (ptrdiff_t) n &&
        strncmp (at - n, strstr (message, "near '") + 6, n) == 0)
        at -= n; /* it was the last one, and there was nothing to look ahead to */
    else if (n && at - b->text > (ptrdiff_t) n)
        at -= n + 1;
    while (!n && at > b->text && (at[-1] == '\n' || at[-1] == ' '))
        at--;
    print_place (b->text, at);
}

/* Leaves a function, or tells what is wrong and leaves nothing. */
static bool compile (lua_State *L, struct typed *t) {
    struct bytes b = { "return ", t->text, t->text };

    if (lua_load (L, next_byte, &b, chunk_name, "t") == LUA_OK)
        return true;
    lua_pop (L, 1);
    b = (struct bytes){ "", t->text, t->text };
    if (lua_load (L, next_byte, &b, chunk_name, "t") == LUA_OK)
        return true;
    if (!t->whole && is_incomplete (L)) {
        t->result = WANTS_MORE;
    }
    else {
        t->result = EVALUATED_BADLY;
        print_syntax_error (lua_tostring (L, -1), &b);
    }
    lua_pop (L, 1);
    return false;
}

static bool has_text (lua_State *L) {
    bool has = luaL_getmetafield (L, -1, "__tostring") != LUA_TNIL;
    lua_pop (L, has);
    return has;
}

/* An error value that is no text and does not know to be one becomes one. */
static void make_text (lua_State *L) {
    if (lua_type (L, -1) == LUA_TSTRING || has_text (L))
        return;
    lua_rawgetp (L, LUA_REGISTRYINDEX, &show_error_key);
    lua_pushvalue (L, -2);
    if (lua_pcall (L, 1, 1, 0) == LUA_OK)
        lua_replace (L, -2);
    else
        lua_pop (L, 1);
}

/* The error value on top of the stack, in one line. */
static void print_error (lua_State *L, const struct typed *t) {
    int number = prompt_error_number (L, -1);
    make_text (L);
    const char *text = luaL_tolstring (L, -1, NULL), *name = number ? errno_name (number) : NULL;

    if (!strchr (t->text, '\n') && strncmp (text, prefix, sizeof prefix - 1) == 0)
        text += sizeof prefix - 1;
    fputs ("error: ", stdout);
    if (name && strncmp (text, name, strlen (name)) != 0)
        printf ("%s: ", name);
    print_escaped (text);
    putchar ('\n');
    lua_pop (L, 1);
}

/* Run the function on top of the stack and print what it returns. */
static int run (lua_State *L) {
    int status = lua_pcall (L, 0, LUA_MULTRET, 0);

    if (status == LUA_OK && lua_gettop (L) > 0) {
        lua_rawgetp (L, LUA_REGISTRYINDEX, &show_key);
        lua_insert (L, 1);
        status = lua_pcall (L, lua_gettop (L) - 1, 1, 0);
    }
    return status;
}

/* [] a body */
static int evaluate (lua_State *L) {
    struct typed *t = prompt_of (L);

    if (!compile (L, t))
        return 0;
    running = L;
    interrupted = ending;
    void (*before) (int) = signal (SIGINT, repl_interrupt);
    int status = run (L);
    running = NULL;
    lua_sethook (L, NULL, 0, 0);
    signal (SIGINT, before);
    if (status != LUA_OK) {
        t->result = EVALUATED_BADLY;
        print_error (L, t);
    }
    else if (lua_gettop (L) > 0) {
        size_t n;
        const char *text = luaL_tolstring (L, -1, &n);
        fwrite (text, 1, n, stdout);
    }
    prompt_refresh (L);
    return 0;
}

enum evaluated repl_evaluate (struct repl *r, const char *text, bool whole) {
    struct typed t = { .text = text, .whole = whole, .result = EVALUATED };
    struct error error = { 0 };

    if (prompt_run (r->plugin, evaluate, &t, &error) < 0) {
        printf ("error: %s\n", error.text);
        t.result = EVALUATED_BADLY;
    }
    fflush (stdout);
    return t.result;
}

/* Run the Lua file repl/NAME.lua with the N values on top of the stack; leaves what it gives. */
static void load_part (lua_State *L, const char *name, int n) {
    lua_pushfstring (L, "%s/repl/%s.lua", repl_of (L)->script_dir, name);
    if (luaL_loadfile (L, lua_tostring (L, -1)) != LUA_OK)
        lua_error (L);
    lua_remove (L, -2);
    lua_insert (L, -n - 1);
    lua_call (L, n, 1);
}

/* [] a body: the globals of the prompt */
static int set_up (lua_State *L) {
    prompt_of (L);
    load_part (L, "print", 0); /* at 1 */
    lua_getfield (L, 1, "hexdump");
    lua_setglobal (L, "hexdump");
    lua_getfield (L, 1, "show_error");
    lua_rawsetp (L, LUA_REGISTRYINDEX, &show_error_key);
    lua_getfield (L, 1, "show");
    lua_rawsetp (L, LUA_REGISTRYINDEX, &show_key);
    serve_setup (L);
    client_setup (L);
    shell_setup (L);
    socket_setup (L);
    lua_getfield (L, 1, "show_value");
    load_part (L, "wire", 2);
    lua_setglobal (L, "wire");
    return 0;
}

int repl_set_up (struct repl *r, struct error *error) {
    return prompt_run (r->plugin, set_up, NULL, error);
}

static int set_global (lua_State *L) {
    const char *const *pair = prompt_of (L);

    lua_pushstring (L, pair[1]);
    lua_setglobal (L, pair[0]);
    return 0;
}

void repl_set (struct repl *r, const char *name, const char *value) {
    prompt_run (r->plugin, set_global, (const char *[]){ name, value }, NULL);
}
