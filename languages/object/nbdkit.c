/* SPDX-License-Identifier: BSD-3-Clause */
/* nbdkit.c: the interface of compiled nbdkit plugins, old and new.
 *
 * The plugin's `plugin_init` gives a struct that says itself how long it is and which version
 * of the requests it has.  It is checked once, here, so that every mistake has its sentence;
 * what is called later is known to be there. */
#include "nbdkit.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "interned.h"

/* On the machines where plugins are binaries already, the layout is what these were made with.
 */
#ifdef __x86_64__
#define AT(field, at)                                                                          \
    static_assert (offsetof (struct nbdkit_plugin, field) == (at), #field " is at " #at)
AT (name, 16);
AT (load, 48);
AT (config, 64);
AT (config_help, 80);
AT (open, 88);
AT (get_size, 104);
AT (can_trim, 136);
AT (_pread_v1, 144);
AT (_zero_v1, 176);
AT (errno_is_preserved, 184);
AT (dump_plugin, 192);
AT (can_fua, 208);
AT (pread, 216);
AT (zero, 248);
AT (magic_config_key, 256);
AT (extents, 280);
AT (cache, 296);
AT (thread_model, 304);
AT (preconnect, 320);
AT (list_exports, 344);
AT (cleanup, 368);
AT (block_size, 376);
static_assert (sizeof (struct nbdkit_plugin) == 384, "the struct has 384 bytes");
#undef AT
#endif

/* The first version of all ended before `zero`. */
enum { SMALLEST = offsetof (struct nbdkit_plugin, _zero_v1), LAST_API_VERSION = 2 };

static bool is_name (const char *name) {
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";

    return *name && *name != '-' && strspn (name, letters) == strlen (name);
}

static int check_start (const char *path, const struct nbdkit_plugin *theirs,
                        struct error *error) {
    if (theirs->_struct_size < SMALLEST)
        return error_set (
            error, EINVAL,
            "%s: its struct nbdkit_plugin has %ju bytes, fewer than the %d of any "
            "version",
            path, (uintmax_t) theirs->_struct_size, SMALLEST);
    if (theirs->_api_version < 1 || theirs->_api_version > LAST_API_VERSION)
        return error_set (error, EINVAL,
                          "%s: its API version is %d, and 1 to %d are known: it is newer than "
                          "this program, or broken",
                          path, theirs->_api_version, LAST_API_VERSION);
    if (theirs->_thread_model < 0 || theirs->_thread_model > PARALLEL)
        return error_set (error, EINVAL, "%s: its thread model is %d, and 0 to %d are known",
                          path, theirs->_thread_model, PARALLEL);
    return 0;
}

static int check_table (const char *path, const struct nbdkit *n, struct error *error) {
    static const int needed[] = {ROW_open, ROW_get_size, ROW_pread};

    if (!n->table.name)
        return error_set (error, EINVAL, "%s: its .name is missing", path);
    if (!is_name (n->table.name))
        return error_set (error, EINVAL,
                          "%s: its .name is '%.60s': letters, digits and dashes are allowed, "
                          "and not a dash first",
                          path, n->table.name);
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
        if (!field_has (n, &callbacks[needed[i]]))
            return error_set (error, EINVAL, "%s: its .%s is missing, which a plugin must have",
                              path, callbacks[needed[i]].name);
    return 0;
}

/* A copy of a text that may not be there.  False: out of memory. */
static bool copy_text (char **to, const char *text) {
    free (*to);
    *to = text ? strdup (text) : NULL;
    return !text || *to;
}

/* What the core wants to know of the plugin. */
static int introduce (struct plugin *p, const struct nbdkit *n, struct error *error) {
    const struct nbdkit_plugin *t = &n->table;

    if (!copy_text (&p->name, t->name) || !copy_text (&p->longname, t->longname) ||
        !copy_text (&p->version, t->version) || !copy_text (&p->description, t->description) ||
        !copy_text (&p->config_help, t->config_help))
        return error_set (error, ENOMEM, "%s: out of memory", p->path);
    p->model = (enum thread_model) t->_thread_model;
    p->compiled = (struct compiled){.api_version = t->_api_version,
                                    .struct_size = t->_struct_size,
                                    .model = p->model,
                                    .errno_is_preserved = t->errno_is_preserved};
    return 0;
}

/* Take what plugin_init gives, as much of it as is known here. */
static int take_table (struct object *o, struct nbdkit *n, void *symbol, struct error *error) {
    struct nbdkit_plugin *(*plugin_init) (void) = symbol;
    const char *path = o->plugin->path;
    const struct nbdkit_plugin *theirs = plugin_init ();
    size_t size;
    int r;

    if (!theirs)
        return error_set (error, EINVAL, "%s: its plugin_init gave no plugin", path);
    if ((r = check_start (path, theirs, error)) < 0)
        return r;
    size = theirs->_struct_size < sizeof n->table ? theirs->_struct_size : sizeof n->table;
    memcpy (&n->table, theirs, size);
    n->v1 = n->table._api_version == 1;
    return check_table (path, n, error);
}

static int load (struct object *o, void *symbol, struct error *error) {
    struct nbdkit *n;
    int r;

    if (o->plugin->filter)
        return error_set (error, EINVAL, "%s: it is a plugin, not a filter", o->plugin->path);
    if (!(n = calloc (1, sizeof *n)))
        return error_set (error, ENOMEM, "%s: out of memory", o->plugin->path);
    r = take_table (o, n, symbol, error);
    if (r == 0)
        r = introduce (o->plugin, n, error);
    if (r < 0)
        free (n);
    else
        o->own = n;
    return r;
}

/* Zeroes of version 1 are never fast, which is told fast. */
static bool answers_fast_zero (const struct nbdkit *n, const struct callback *row) {
    return n->v1 && row == &callbacks[ROW_can_fast_zero] && n->table._zero_v1 &&
           !n->table.can_fast_zero;
}

static enum defined defines (struct object *o, const struct callback *row) {
    const struct nbdkit *n = o->own;

    return field_has (n, row) || answers_fast_zero (n, row) ? DEFINED : NOT_DEFINED;
}

static void handle_free (struct handle *h) {
    if (h)
        interned_free (h->strings);
    free (h);
}

static int call_open (struct nbdkit *n, struct call *c) {
    struct handle *h = calloc (1, sizeof *h);
    int r;

    if (!h || !(h->strings = interned_new ())) {
        handle_free (h);
        return error_set (c->error, ENOMEM, "%s: out of memory", n->table.name);
    }
    now_get ()->strings = h->strings;
    r = field_call (n, c, h);
    if (r == 0)
        c->out.handle = h;
    else
        handle_free (h);
    return r;
}

/* The plugin may keep the pointers that it is given. */
static int call_config (struct object *o, struct call *c) {
    c->key = interned_add (o->strings, c->key, SIZE_MAX);
    c->value = interned_add (o->strings, c->value, SIZE_MAX);
    if (!c->key || !c->value)
        return error_set (c->error, ENOMEM, "%s: out of memory", o->plugin->name);
    return field_call (o->own, c, NULL);
}

static int call (struct object *o, struct call *c) {
    struct nbdkit *n = o->own;
    struct handle *h = c->handle;

    if (c->row == &callbacks[ROW_open])
        return call_open (n, c);
    if (c->row == &callbacks[ROW_config])
        return call_config (o, c);
    if (answers_fast_zero (n, c->row)) {
        c->out.b = true;
        return 0;
    }
    if (h)
        now_get ()->strings = h->strings;
    return field_call (n, c, h ? h->handle : NULL);
}

static void drop (struct object *o, void *handle) {
    (void) o;
    handle_free (handle);
}

static void close_nbdkit (struct object *o) {
    free (o->own);
}

const struct interface nbdkit_interface = {
    .symbol = "plugin_init",
    .load = load,
    .defines = defines,
    .call = call,
    .drop = drop,
    .close = close_nbdkit,
    .global = true,
    .helpers = nbdkit_helpers,
};
