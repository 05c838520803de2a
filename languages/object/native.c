/* SPDX-License-Identifier: BSD-3-Clause */
/* native.c: the interface of stele.h: from a row to the object's function, and back.
 *
 * Each row of callbacks.def is a member of struct stele_plugin by the same name.  The
 * member's type says how it is called (calls[], made by the compiler from the rows, so that
 * a row without a member, or of a new shape, does not compile); the letter that the row
 * gives says what became of an int. */
#include "native.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

typedef void any_fn (void);
typedef int plain_fn (void);
typedef int text_fn (char **);
typedef int config_fn (const char *, const char *);
typedef int preconnect_fn (bool);
typedef int list_fn (bool, bool, struct stele_list *);
typedef int name_fn (bool, bool, char **);
typedef int open_fn (struct stele_device *, bool, void **, struct stele_device **);
typedef int handle_fn (void *);
typedef int64_t size_fn (void *);
typedef int block_size_fn (void *, struct stele_block_size *);
typedef int describe_fn (void *, char **);
typedef int words_fn (void *, struct stele_list *);
typedef int request_fn (void *, struct stele_request *);

struct stele_list {
    struct exports *exports;
    struct error *error;
};

int stele_list_add (struct stele_list *list, const char *name, const char *description) {
    return exports_add (list->exports, name ? name : "", description, list->error);
}

int stele_pass (void *handle, struct stele_request *r) {
    (void) handle, (void) r;
    return STELE_PASS;
}

static void *handle_of (const struct call *c) {
    const struct opening *o = c->handle;

    return o ? o->handle : NULL;
}

/* One for each shape of a member. */

static int call_plain (any_fn *f, struct call *c) {
    (void) c;
    return ((plain_fn *) f) ();
}

static int call_text (any_fn *f, struct call *c) {
    return ((text_fn *) f) (&c->out.s);
}

static int call_config (any_fn *f, struct call *c) {
    return ((config_fn *) f) (c->key, c->value);
}

static int call_preconnect (any_fn *f, struct call *c) {
    return ((preconnect_fn *) f) (c->readonly);
}

static int call_list (any_fn *f, struct call *c) {
    struct stele_list list = {c->out.l, c->error};

    return ((list_fn *) f) (c->readonly, c->tls, &list);
}

static int call_name (any_fn *f, struct call *c) {
    return ((name_fn *) f) (c->readonly, c->tls, &c->out.s);
}

static int call_handle (any_fn *f, struct call *c) {
    return ((handle_fn *) f) (handle_of (c));
}

static int call_size (any_fn *f, struct call *c) {
    int64_t size = ((size_fn *) f) (handle_of (c));

    c->out.i = (uint64_t) size;
    return size < INT_MIN ? -EIO : size < 0 ? (int) size : 0;
}

static int call_block_size (any_fn *f, struct call *c) {
    struct stele_block_size size = {0, 0, 0};
    int r = ((block_size_fn *) f) (handle_of (c), &size);

    c->out.z = (struct block_size){size.minimum, size.preferred, size.maximum};
    return r;
}

static int call_describe (any_fn *f, struct call *c) {
    return ((describe_fn *) f) (handle_of (c), &c->out.s);
}

/* The names of a list become the words: they are moved. */
static int call_words (any_fn *f, struct call *c) {
    struct exports words = {0};
    struct stele_list list = {&words, c->error};
    int r = ((words_fn *) f) (handle_of (c), &list);

    if (r == 0 && words.n > 0 && !(c->out.w = calloc (words.n + 1, sizeof *c->out.w)))
        r = -ENOMEM;
    for (size_t i = 0; r == 0 && i < words.n; i++) {
        c->out.w[i] = words.v[i].name;
        words.v[i].name = NULL;
    }
    exports_clear (&words);
    return r;
}

static int call_request (any_fn *f, struct call *c) {
    c->request->device = c->device; /* for stele_request_done and copies */
    return ((request_fn *) f) (handle_of (c), (struct stele_request *) c->request);
}

/* Without a function, too: a filter's handle is then the next device. */
static int call_open (any_fn *f, struct call *c) {
    struct opening *o = calloc (1, sizeof *o);
    struct stele_device *device = NULL;
    int r;

    if (!o)
        return error_set (c->error, ENOMEM, "out of memory");
    r = f ? ((open_fn *) f) ((struct stele_device *) c->next, c->readonly, &o->handle, &device)
          : 0;
    if (r != 0) {
        free (o);
        return r;
    }
    c->out.handle = o;
    c->out.device = device_in (device);
    o->kept[0] = c->next ? device_ref (c->next) : NULL;
    o->kept[1] = device ? device_ref (device_in (device)) : NULL;
    if (!o->handle)
        o->handle = device ? device_in (device) : c->next;
    return 0;
}

/* The rows as they are called. */
static const struct {
    size_t place; /* in struct stele_plugin */
    int (*call) (any_fn *, struct call *);
} calls[ROW_COUNT] = {
#define CALL(name)                                                                             \
    [ROW_##name] = {offsetof (struct stele_plugin, name),                                      \
                    _Generic(((struct stele_plugin *) 0)->name, plain_fn *                     \
                             : call_plain, text_fn *                                           \
                             : call_text, config_fn *                                          \
                             : call_config, preconnect_fn *                                    \
                             : call_preconnect, list_fn *                                      \
                             : call_list, name_fn *                                            \
                             : call_name, open_fn *                                            \
                             : call_open, handle_fn *                                          \
                             : call_handle, size_fn *                                          \
                             : call_size, block_size_fn *                                      \
                             : call_block_size, describe_fn *                                  \
                             : call_describe, words_fn *                                       \
                             : call_words, request_fn *                                        \
                             : call_request)},
#define LIFE(name, takes, gives, doc)          CALL (name)
#define FACT(name, takes, gives, implied, doc) CALL (name)
#define WORK(name, takes, gives, cut, doc)     CALL (name)
#include "../../core/callbacks.def"
#undef LIFE
#undef FACT
#undef WORK
#undef CALL
};

static any_fn *function_of (const struct object *o, const struct callback *row) {
    const struct native *n = o->own;
    any_fn *f;

    memcpy (&f, (const char *) &n->offers + calls[row - callbacks].place, sizeof f);
    return f;
}

static enum defined defines (struct object *o, const struct callback *row) {
    any_fn *f = function_of (o, row);

    if (row == &callbacks[ROW_thread_model])
        return DEFINED; /* offers.model, at least */
    if (row->kind == KIND_WORK && f == (any_fn *) stele_pass)
        return DEFINED_AS_PASS;
    return f ? DEFINED : NOT_DEFINED;
}

static const enum thread_model models[] = {
    [STELE_PARALLEL] = PARALLEL,
    [STELE_SERIALIZE_REQUESTS] = SERIALIZE_REQUESTS,
    [STELE_SERIALIZE_ALL_REQUESTS] = SERIALIZE_ALL_REQUESTS,
    [STELE_SERIALIZE_CONNECTIONS] = SERIALIZE_CONNECTIONS,
};

enum { MODELS = sizeof models / sizeof models[0], ERRNO_MOST = 4095 };

static int unexpected (struct error *error, const char *what, int result, const char *wanted) {
    return error_set (error, EIO, "%s returned %d; %s is wanted", what, result, wanted);
}

int native_result (struct request *r, const char *what, int result) {
    if (result == 0 && r->work == WORK_extents && r->extents->n == 0)
        return error_set (r->error, EIO,
                          "extents: no extent at %" PRIu64 ", where the range begins",
                          r->offset);
    if (result <= PASS && result >= -ERRNO_MOST)
        return result;
    return unexpected (r->error, what, result, "0, -errno, STELE_LATER or STELE_PASS");
}

/* What a function that gives an int meant by it, by the letter of its row. */
static int take_result (struct call *c, int result) {
    const struct callback *row = c->row;

    if (row->kind == KIND_WORK)
        return native_result (c->request, row->name, result);
    if (result < -ERRNO_MOST)
        return unexpected (c->error, row->name, result, "-errno");
    if (result < 0)
        return result;
    switch (row->gives) {
    case 'b': c->out.b = result != 0; return 0;
    case 'e':
        c->out.e = (enum support) result;
        return result <= STELE_NATIVE
                   ? 0
                   : unexpected (c->error, row->name, result,
                                 "STELE_NONE, STELE_EMULATE or STELE_NATIVE");
    case 't':
        if (result >= MODELS)
            return unexpected (c->error, row->name, result, "an enum stele_model");
        c->out.t = models[result];
        return 0;
    default:
        if (result == 0 || (result == PASS && row == &callbacks[ROW_config]))
            return result;
        return unexpected (c->error, row->name, result, "0 or -errno");
    }
}

static int call (struct object *o, struct call *c) {
    const struct native *n = o->own;
    int row = (int) (c->row - callbacks), result;
    any_fn *f = function_of (o, c->row);

    result = row == ROW_thread_model && !f ? (int) n->offers.model : calls[row].call (f, c);
    return take_result (c, result);
}

static void drop (struct object *object, void *handle) {
    struct opening *o = handle;

    (void) object;
    if (!o)
        return;
    device_unref (o->kept[0]);
    device_unref (o->kept[1]);
    free (o);
}

static void close_native (struct object *o) {
    free (o->own);
    o->own = NULL;
}

static int load (struct object *o, void *symbol, struct error *error) {
    struct plugin *p = o->plugin;
    struct native *n = calloc (1, sizeof *n);
    int r;

    if (!n)
        return error_set (error, ENOMEM, "%s: out of memory", p->path);
    o->own = n;
    r = native_read (p, symbol, &n->offers, error);
    if (r == 0)
        r = native_declare (p, &n->offers, error);
    if (r < 0) {
        close_native (o);
        return r;
    }
    p->may_block = n->offers.may_block;
    return 0;
}

static int configure (struct object *o, const struct parameter *p, const struct value *v,
                      struct error *error) {
    (void) o, (void) p, (void) v, (void) error; /* it asks for them */
    return 0;
}

/* One of each file is enough for the linker. */
static const struct helper helpers[] = {
#define HELPER(name)                                                                           \
    { #name, (void (*)(void)) name }
    HELPER (stele_request_done),
    HELPER (stele_device_ref),
    HELPER (stele_parameter_size),
    HELPER (stele_log),
    {NULL, NULL},
#undef HELPER
};

const struct interface native_interface = {
    .symbol = "stele_plugin",
    .load = load,
    .defines = defines,
    .configure = configure,
    .call = call,
    .drop = drop,
    .close = close_native,
    .helpers = helpers,
};
