/* SPDX-License-Identifier: BSD-3-Clause */
/* script.h: one loaded script, and the coroutines that its callbacks run in.
 *
 *     script ── L, the main thread: makes coroutines, never runs the script's code
 *        ├ now ─▶ fiber ─outer▶ fiber     running, the innermost first
 *        ├ idle ─▶ fiber ─next▶ fiber     finished, to be used again
 *        └ (fibers that wait are known to whoever wakes them: a timer, a request)
 *
 * Whatever can throw a Lua error runs in a fiber, also the loading of the script and the
 * adapter's own pushing and fetching, so an error, of memory too, is caught in one place.
 * Everything here is touched on the plugin's strand only, except what fiber.c notes. */
#ifndef STELE_LUA_SCRIPT_H
#define STELE_LUA_SCRIPT_H

#include <lauxlib.h>
#include <lua.h>
#include <stdbool.h>
#include <stdint.h>

#include "../../core/plugin.h"
#include "../../core/pool.h"

struct fiber;

struct script {
    struct plugin *plugin;
    lua_State *L;
    struct fiber *now;
    struct fiber *prompt; /* what is typed runs in it; see prompt.h */
    struct fiber *idle;
    unsigned idle_count;
    unsigned waiting;       /* fibers in mid-callback for whose sake the strand is shut */
    unsigned devices;       /* objects that hold one */
    const void *pass;       /* the address of the value `pass` */
    int rows[ROW_COUNT];    /* references to what the script gave for each row */
    enum defined defined[ROW_COUNT];
    int config; /* reference to the table of parameters' values */
};

enum waits { WAITS_NOT, WAITS_ASLEEP, WAITS_ASKING };

/* A request to a device, from inside the script. */
struct asking {
    struct request request;
    struct error error;
};

/* One call into Lua, from its start to its end. */
struct fiber {
    struct script *script;
    lua_State *L;
    int reference; /* keeps L from being collected */
    struct fiber *outer, *next;
    bool running; /* between lua_resume and its return */
    bool nested;  /* started while another fiber was running */

    /* What it was started for. */
    const char *what;              /* "pread": the start of messages */
    void *of;                      /* the body's own */
    const struct callback *row;    /* of a callback; else NULL */
    struct call *call;             /* until it first waits */
    const struct session *session; /* NULL outside of a connection */
    struct device *device;         /* of WORK */
    struct request *request;       /* of WORK */
    struct error *error;           /* where the sentence goes; may be NULL */
    int result;                    /* 0, or PASS */
    int set_errno;                 /* what stele.set_error said; 0: nothing */

    /* What it waits for. */
    enum waits waits;
    bool answered; /* it came before the fiber had stopped */
    bool shut;     /* counted in script->waiting */
    int answer;    /* of the device or the timer: 0 or -errno */
    uint64_t until_ns;
    struct timer timer;
    struct task task;
    struct asking asking;
};

/* The script that a Lua state, of whichever coroutine, belongs to. */
static inline struct script *script_of (lua_State *L) {
    return *(struct script **) lua_getextraspace (L);
}

/* lua.c */

/* Remember what is global under the names of rows.  STRICT: raise an error for a value that
 * cannot be one; else, at the prompt, it is somebody's variable. */
void rows_keep (lua_State *L, bool strict);

/* fiber.c: coroutines, waiting, waking */

/* One fiber, blank but for script and L.  NULL when out of memory. */
struct fiber *fiber_new (struct script *);

/* Run BODY, which finds its fiber in script->now.  0, PASS or -errno: the fiber is the
 * cache's again; LATER (of WORK only): plugin_finish will be called. */
int fiber_start (struct fiber *, lua_CFunction body);

/* The same for a body that cannot wait; 0 or -errno.  WHAT begins the messages. */
int script_run (struct script *, const char *what, lua_CFunction body, void *of, struct error *);

void fibers_free (struct script *); /* those in the cache; before lua_close */

/* The fiber if code running in L can stop here and be resumed, else NULL. */
struct fiber *fiber_that_can_wait (lua_State *L);

/* From a C function: `return fiber_sleep (L, ns);`.  Raises an error if the client has gone
 * in the meantime. */
int fiber_sleep (lua_State *L, uint64_t ns);

/* Run REQUEST, which is FIBER's asking.request.  0, -errno, or LATER: stop with lua_yieldk,
 * and find the result in fiber->answer. */
int fiber_ask (struct fiber *, struct device *);

/* call.c: the core calls the script */
int call_body (lua_State *L);

/* results.c: by the letter of a row's `gives` */
extern const struct result {
    int count; /* of values on the stack */
    void (*fetch) (lua_State *, struct fiber *);
} results[UINT8_MAX + 1];

/* device.c: the script calls a device */
void device_setup (lua_State *L);                      /* makes the type */
void device_push (lua_State *L, struct device *);      /* references it; always the same object */
struct device *device_get (lua_State *L, int index);   /* NULL if it is no open device */
struct device *device_need (lua_State *L, int index);  /* raises */
void devices_collect (lua_State *L);                   /* let go of what no one holds any more */

/* construct.c: devices by name */
void construct_setup (lua_State *L); /* adds the constructors to the table on top */

/* buffer.c */
void buffer_setup (lua_State *L);
int buffer_make (lua_State *L); /* stele.buffer */
const char *buffer_bytes (lua_State *L, int index, size_t *n); /* NULL if it is none */

/* module.c: the table `stele` */
void module_setup (lua_State *L); /* pushes it */

/* files.c, peer.c, text.c: more of its functions, each list ends with NULL */
extern const luaL_Reg file_functions[], peer_functions[], text_functions[];

/* A malloc'ed string that the collector frees: put it in, push it, forget it. */
char **text_box (lua_State *L);

/* params.c: `parameters` and `config` */
void params_declare (lua_State *L, struct plugin *);
int params_configure (lua_State *L); /* a body; of: struct setting */

struct setting {
    const struct parameter *parameter;
    const struct value *value;
};

/* error.c: errors that carry an errno */
void error_setup (lua_State *L);

/* The errno that a script means by a name or a number. */
int error_number_need (lua_State *L, int index);

/* Raise one whose text is on top of the stack.  FROM_DEVICE: it is not this script's. */
int error_raise (lua_State *L, int number, bool from_device);

/* Raise what C code has said.  PLACE: it is for whoever writes the script, so name the line. */
int error_raise_struct (lua_State *L, const struct error *, bool place, bool from_device);

/* The errno that the value at INDEX carries; 0 where it carries none. */
int error_number_of (lua_State *L, int index);

/* A fiber has failed with STATUS and its error value is on top of its stack: tell.  Returns
 * -errno. */
int error_report (struct fiber *, int status);

/* Join all arguments from FIRST as print would, with spaces.  Pushes one string. */
const char *text_join (lua_State *L, int first);

/* An integer argument that is not negative. */
uint64_t text_need_unsigned (lua_State *L, int index);

#endif
