/* SPDX-License-Identifier: BSD-3-Clause */
/* shell.c: sh{...}: a real client, run beside the prompt, and what it said.
 *
 *     > sh{ "nbdinfo --size $uri", uri = s.uri }
 *     67108864
 *
 * The fields of the table are variables of the command's environment, but for `input` and
 * `timeout`.  It gives {status=, out=, err=}, which is shown as the output, then what went
 * to standard error, then the status if it is not 0. */
#include "shell.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../core/pool.h"
#include "functions.h"

static const uint64_t slice_ns = 100 * 1000 * 1000;
static const double timeout_default_s = 60;
static const char type_name[] = "stele.answer", ran_name[] = "stele.ran";

pid_t shell_start (const char *command, char **environment, int in, int out, int err) {
    const char *const words[] = { "sh", "-c", command, NULL };
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t set;
    pid_t pid;

    sigemptyset (&set);
    sigaddset (&set, SIGPIPE); /* ignored here; a command wants them as usual */
    sigaddset (&set, SIGINT);
    posix_spawnattr_init (&attributes);
    posix_spawnattr_setflags (&attributes, POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setsigdefault (&attributes, &set);
    posix_spawn_file_actions_init (&actions);
    posix_spawn_file_actions_adddup2 (&actions, in, 0);
    posix_spawn_file_actions_adddup2 (&actions, out, 1);
    posix_spawn_file_actions_adddup2 (&actions, err, 2);
    int r = posix_spawn (&pid, "/bin/sh", &actions, &attributes, (char *const *) words,
                         environment ? environment : environ);
    posix_spawn_file_actions_destroy (&actions);
    posix_spawnattr_destroy (&attributes);
    return r ? -r : pid;
}

/* A command that runs; a full userdata, so that it goes with an error, too. */
struct ran {
    char **environment; /* its own strings follow the first INHERITED ones */
    size_t inherited, n;
    int in, out, err; /* memory files */
    pid_t pid;        /* 0 when it has ended */
    int status;
};

static void close_fd (int *fd) {
    if (*fd >= 0)
        close (*fd);
    *fd = -1;
}

/* [ran] __gc */
static int ran_collect (lua_State *L) {
    struct ran *r = luaL_checkudata (L, 1, ran_name);

    if (r->pid > 0) {
        kill (r->pid, SIGKILL);
        waitpid (r->pid, NULL, 0);
        r->pid = 0;
    }
    close_fd (&r->in);
    close_fd (&r->out);
    close_fd (&r->err);
    for (size_t i = r->inherited; i < r->n; i++)
        free (r->environment[i]);
    free (r->environment);
    r->environment = NULL;
    r->n = r->inherited = 0;
    return 0;
}

static struct ran *push_ran (lua_State *L) {
    struct ran *r = lua_newuserdatauv (L, sizeof *r, 0);
    size_t room = 0;

    *r = (struct ran){ .in = -1, .out = -1, .err = -1 };
    luaL_setmetatable (L, ran_name);
    while (environ[room])
        room++;
    r->environment = calloc (room + 64, sizeof (char *));
    r->in = memfd_create ("in", MFD_CLOEXEC);
    r->out = memfd_create ("out", MFD_CLOEXEC);
    r->err = memfd_create ("err", MFD_CLOEXEC);
    if (!r->environment || r->in < 0 || r->out < 0 || r->err < 0)
        luaL_error (L, "no memory or descriptors for a command");
    memcpy (r->environment, environ, room * sizeof (char *));
    r->inherited = r->n = room;
    return r;
}

/* NAME=VALUE, in the place of what is inherited under that name. */
static void add_variable (lua_State *L, struct ran *r, const char *name, int value) {
    char *text;

    if (r->n - r->inherited >= 60)
        luaL_error (L, "sh: too many variables");
    if (asprintf (&text, "%s=%s", name, luaL_tolstring (L, value, NULL)) < 0)
        luaL_error (L, "no memory for a command");
    lua_pop (L, 1);
    for (size_t i = 0; i < r->inherited; i++)
        if (strncmp (r->environment[i], text, strlen (name) + 1) == 0) {
            r->environment[i] = r->environment[--r->inherited];
            r->environment[r->inherited] = r->environment[--r->n];
            break;
        }
    r->environment[r->n++] = text;
}

/* The fields of the table at 1. */
static void take_fields (lua_State *L, struct ran *r, double *timeout_s) {
    lua_pushnil (L);
    while (lua_next (L, 1)) {
        const char *name = lua_type (L, -2) == LUA_TSTRING ? lua_tostring (L, -2) : NULL;
        size_t n;
        if (name && strcmp (name, "timeout") == 0)
            *timeout_s = lua_tonumber (L, -1);
        else if (name && strcmp (name, "input") == 0) {
            const char *text = lua_tolstring (L, -1, &n);
            luaL_argcheck (L, text, 1, "the input is not a string");
            if (write (r->in, text, n) != (ssize_t) n || lseek (r->in, 0, SEEK_SET) < 0)
                luaL_error (L, "sh: the input cannot be kept: %s", strerror (errno));
        }
        else if (name)
            add_variable (L, r, name, lua_gettop (L));
        lua_pop (L, 1);
    }
}

/* Wait for it, off the strand.  False: it was killed, for the time was over or Ctrl-C. */
static bool wait_for (struct ran *r, double timeout_s) {
    uint64_t end_ns = pool_clock_ns () + (uint64_t) (timeout_s * 1e9);
    int fd = (int) syscall (SYS_pidfd_open, r->pid, 0);
    bool ended = false;

    while (!ended && !repl_interrupted () && pool_clock_ns () < end_ns) {
        struct pollfd p = { .fd = fd, .events = POLLIN };
        poll (&p, 1, fd < 0 ? 5 : 100);
        ended = waitpid (r->pid, &r->status, WNOHANG) == r->pid;
    }
    if (!ended) {
        kill (r->pid, SIGKILL);
        waitpid (r->pid, &r->status, 0);
    }
    r->pid = 0;
    close_fd (&fd);
    return ended;
}

/* What was written to FD, as a field of the table on top of the stack. */
static void set_output (lua_State *L, int fd, const char *name) {
    off_t n = lseek (fd, 0, SEEK_END);
    luaL_Buffer b;
    char *p = luaL_buffinitsize (L, &b, n > 0 ? (size_t) n : 1);
    ssize_t got = n > 0 ? pread (fd, p, (size_t) n, 0) : 0;

    luaL_pushresultsize (&b, got > 0 ? (size_t) got : 0);
    lua_setfield (L, -2, name);
}

static int push_answer (lua_State *L, const struct ran *r) {
    bool killed = WIFSIGNALED (r->status);

    lua_createtable (L, 0, 3);
    set_output (L, r->out, "out");
    set_output (L, r->err, "err");
    lua_pushinteger (L, killed ? 128 + WTERMSIG (r->status) : WEXITSTATUS (r->status));
    lua_setfield (L, -2, "status");
    luaL_setmetatable (L, type_name);
    return 1;
}

static int sh (lua_State *L) {
    double timeout_s = timeout_default_s;

    need_prompt (L);
    if (lua_type (L, 1) == LUA_TSTRING) {
        lua_createtable (L, 1, 0);
        lua_insert (L, 1);
        lua_rawseti (L, 1, 1);
    }
    luaL_checktype (L, 1, LUA_TTABLE);
    lua_settop (L, 1);
    lua_rawgeti (L, 1, 1);
    const char *command = lua_tostring (L, 2);
    luaL_argcheck (L, command, 1, "the command is missing: sh{ \"echo hello\" }");
    struct ran *r = push_ran (L);
    take_fields (L, r, &timeout_s);
    luaL_argcheck (L, timeout_s > 0 && timeout_s < 1e6, 1, "the timeout is not a number of seconds");
    fflush (stdout);
    pid_t pid = shell_start (command, r->environment, r->in, r->out, r->err);
    if (pid < 0)
        return raise_error (L, -pid, "sh: %s", strerror (-pid));
    r->pid = pid;
    prompt_leave (L);
    bool ended = wait_for (r, timeout_s);
    prompt_enter (L);
    raise_interrupted (L);
    if (!ended)
        return raise_error (L, ETIMEDOUT, "sh: the command has not ended in %g s", timeout_s);
    return push_answer (L, r);
}

/* The lines of field NAME onto the buffer, each with its end. */
static void add_lines (lua_State *L, luaL_Buffer *b, const char *name) {
    size_t n;
    lua_getfield (L, 1, name);
    const char *text = luaL_checklstring (L, -1, &n);
    bool open = n > 0 && text[n - 1] != '\n';

    luaL_addvalue (b);
    if (open)
        luaL_addchar (b, '\n');
}

/* [answer] __tostring, without the end of its last line */
static int answer_tostring (lua_State *L) {
    luaL_Buffer b;

    luaL_checktype (L, 1, LUA_TTABLE);
    lua_getfield (L, 1, "status");
    lua_Integer status = lua_tointeger (L, -1);
    luaL_buffinit (L, &b);
    add_lines (L, &b, "out");
    add_lines (L, &b, "err");
    if (status) {
        lua_pushfstring (L, "status %I\n", status);
        luaL_addvalue (&b);
    }
    luaL_pushresult (&b);
    size_t n;
    const char *text = lua_tolstring (L, -1, &n);
    lua_pushlstring (L, text, n ? n - 1 : 0);
    return 1;
}

static int sleep_ (lua_State *L) {
    double seconds = luaL_checknumber (L, 1);

    luaL_argcheck (L, seconds >= 0 && seconds < 1e6, 1, "not a number of seconds");
    uint64_t ns = (uint64_t) (seconds * 1e9), start_ns = pool_clock_ns (), now_ns;
    prompt_leave (L);
    while ((now_ns = pool_clock_ns ()) - start_ns < ns && !repl_interrupted ()) {
        uint64_t left = ns - (now_ns - start_ns); /* Ctrl-C may be told to another thread */
        nanosleep (&(struct timespec){ .tv_nsec = (long) (left < slice_ns ? left : slice_ns) }, NULL);
    }
    prompt_enter (L);
    raise_interrupted (L);
    return 0;
}

void shell_setup (lua_State *L) {
    luaL_newmetatable (L, ran_name);
    lua_pushcfunction (L, ran_collect);
    lua_setfield (L, -2, "__gc");
    luaL_newmetatable (L, type_name);
    lua_pushcfunction (L, answer_tostring);
    lua_setfield (L, -2, "__tostring");
    lua_pop (L, 2);
    lua_register (L, "sh", sh);
    lua_register (L, "sleep", sleep_);
}
