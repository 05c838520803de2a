/* SPDX-License-Identifier: BSD-3-Clause */
/* fiber.c: the coroutines that the script's code runs in, and how they wait.
 *
 * A coroutine is dear to make and cheap to use again, so finished ones are kept.  A fiber
 * that waits for a device in the middle of a callback shuts the strand, unless the script
 * is parallel: no other callback may come between.  One that sleeps lets others run, which
 * is what sleeping is for, unless the script has said that its requests are serial.
 *
 * Off the strand run only `asked_done` and `timer_rings`: they write `answer` and then
 * bring the task to the strand, whose lock orders that before the fiber's next step. */
#include "script.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../core/hostile.h"
#include "../../core/strand.h"

enum { IDLE_MAX = TINY (FIBERS, 256) }; /* fibers kept for later */

static const uint64_t second_ns = 1000000000;

static int make_thread (lua_State *L) {
    struct fiber *f = lua_touserdata (L, 1);

    f->L = lua_newthread (L);
    f->reference = luaL_ref (L, LUA_REGISTRYINDEX);
    return 0;
}

static int forget_thread (lua_State *L) {
    struct fiber *f = lua_touserdata (L, 1);

    luaL_unref (L, LUA_REGISTRYINDEX, f->reference);
    return 0;
}

/* On the main thread, for the sake of F; true if it went well. */
static bool do_for (struct fiber *f, lua_CFunction function) {
    lua_State *L = f->script->L;

    lua_pushcfunction (L, function);
    lua_pushlightuserdata (L, f);
    if (lua_pcall (L, 1, 0, 0) == LUA_OK)
        return true;
    lua_pop (L, 1);
    return false;
}

struct fiber *fiber_new (struct script *s) {
    struct fiber *f = s->idle;

    if (f) {
        s->idle = f->next;
        s->idle_count--;
        return f;
    }
    if (!(f = calloc (1, sizeof *f)))
        return NULL;
    f->script = s;
    if (do_for (f, make_thread))
        return f;
    free (f);
    return NULL;
}

/* It has finished, well or not: blank it and keep it. */
static void fiber_keep (struct fiber *f) {
    struct script *s = f->script;

    if (s->idle_count >= IDLE_MAX) {
        do_for (f, forget_thread);
        free (f);
        return;
    }
    lua_settop (f->L, 0);
    f->of = NULL;
    f->row = NULL;
    f->call = NULL;
    f->session = NULL;
    f->device = NULL;
    f->request = NULL;
    f->error = NULL;
    f->result = f->set_errno = 0;
    f->next = s->idle;
    s->idle = f;
    s->idle_count++;
}

void fibers_free (struct script *s) {
    while (s->idle) {
        struct fiber *f = s->idle;
        s->idle = f->next;
        free (f);
    }
    s->idle_count = 0;
}

static int reset (lua_State *L) {
#if LUA_VERSION_RELEASE_NUM >= 50406
    return lua_closethread (L, NULL);
#else
    return lua_resetthread (L);
#endif
}

/* Has the script said that requests follow one another?  Then they do, asleep or not. */
static bool is_serial (const struct fiber *f) {
    return f->script->plugin->model_given && f->script->plugin->model != PARALLEL;
}

static void shut (struct fiber *f) {
    struct script *s = f->script;

    if (f->shut || s->plugin->model == PARALLEL)
        return;
    f->shut = true;
    if (s->waiting++ == 0)
        strand_shut (s->plugin->strand);
}

static void unshut (struct fiber *f) {
    struct script *s = f->script;

    if (!f->shut)
        return;
    f->shut = false;
    if (--s->waiting == 0)
        strand_open (s->plugin->strand);
}

/* Run it until it waits or ends.  An answer that came before it had stopped is taken up at
 * once. */
static int run_on (struct fiber *f) {
    struct script *s = f->script;
    int status, n;

    do {
        f->waits = WAITS_NOT;
        f->answered = false;
        f->outer = s->now;
        s->now = f;
        f->running = true;
        status = lua_resume (f->L, f->outer ? f->outer->L : NULL, 0, &n);
        f->running = false;
        s->now = f->outer;
    } while (status == LUA_YIELD && f->answered);
    return status;
}

static int go_on (struct fiber *f) {
    int result, status = run_on (f);

    if (status == LUA_YIELD && f->waits != WAITS_NOT) {
        f->call = NULL;
        if (f->waits == WAITS_ASKING || is_serial (f))
            shut (f);
        else
            unshut (f);
        return LATER;
    }
    result = f->result;
    if (status != LUA_OK) {
        result = error_report (f, status);
        reset (f->L);
    }
    unshut (f);
    fiber_keep (f);
    return result;
}

int fiber_start (struct fiber *f, lua_CFunction body) {
    f->nested = f->script->now != NULL;
    lua_pushcfunction (f->L, body);
    return go_on (f);
}

int script_run (struct script *s, const char *what, lua_CFunction body, void *of,
                struct error *error) {
    struct fiber *f = fiber_new (s);

    if (!f)
        return error_set (error, ENOMEM, "%s: out of memory", what);
    f->what = what;
    f->of = of;
    f->error = error;
    return fiber_start (f, body);
}

/* A task on the strand: what it waited for has come. */
static void wake (struct task *task) {
    struct fiber *f = container_of (task, struct fiber, task);
    struct device *device = f->device;
    struct request *request = f->request;
    int result;

    if (f->running) {
        f->answered = true;
        return;
    }
    result = go_on (f);
    if (result != LATER)
        plugin_finish (device, request, result);
}

struct fiber *fiber_that_can_wait (lua_State *L) {
    struct fiber *f = script_of (L)->now;

    return f && f->L == L && f->request && lua_isyieldable (L) ? f : NULL;
}

static void asked_done (struct request *r, int result) {
    struct fiber *f = container_of (r, struct fiber, asking.request);

    f->answer = result;
    strand_resume (f->script->plugin->strand, &f->task);
}

int fiber_ask (struct fiber *f, struct device *d) {
    int result;

    f->task.run = wake;
    f->asking.request.done = asked_done;
    result = device_start (d, &f->asking.request);
    if (result == LATER)
        f->waits = WAITS_ASKING;
    return result;
}

static bool client_has_gone (const struct fiber *f) {
    return f->request->cancelled;
}

static void timer_set (struct fiber *f, uint64_t now_ns) {
    uint64_t left = f->until_ns > now_ns ? f->until_ns - now_ns : 0;

    pool_timer (f->script->plugin->host->pool, &f->timer, left < second_ns ? left : second_ns);
}

/* A long sleep rings every second, to see whether anybody still waits for its end. */
static void timer_rings (struct task *task) {
    struct fiber *f = container_of (task, struct fiber, timer.task);
    struct strand *strand = f->script->plugin->strand;
    uint64_t now_ns = pool_clock_ns ();

    f->answer = client_has_gone (f) ? -ESHUTDOWN : 0;
    if (f->answer == 0 && now_ns < f->until_ns)
        timer_set (f, now_ns);
    else if (f->nested || is_serial (f)) /* the strand may be shut until this one goes on */
        strand_resume (strand, &f->task);
    else /* not between the steps of a callback that is waiting for a device */
        strand_run (strand, &f->task);
}

static int slept (lua_State *L, int status, lua_KContext context) {
    (void) status;
    (void) context;
    if (script_of (L)->now->answer == 0)
        return 0;
    lua_pushliteral (L, "the client has gone");
    return error_raise (L, ESHUTDOWN, true);
}

int fiber_sleep (lua_State *L, uint64_t ns) {
    struct fiber *f = fiber_that_can_wait (L);

    if (!f || !f->script->plugin->host->pool) {
        struct timespec t = {.tv_sec = (time_t) (ns / second_ns),
                             .tv_nsec = (long) (ns % second_ns)};
        while (nanosleep (&t, &t) < 0 && errno == EINTR)
            continue;
        return 0;
    }
    uint64_t now_ns = pool_clock_ns ();
    f->waits = WAITS_ASLEEP;
    f->task.run = wake;
    f->timer.task.run = timer_rings;
    f->until_ns = ns < UINT64_MAX - now_ns ? now_ns + ns : UINT64_MAX;
    timer_set (f, now_ns);
    return lua_yieldk (L, 0, 0, slept);
}
