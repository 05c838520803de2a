/* SPDX-License-Identifier: BSD-3-Clause */
/* nbdkit_fields.c: from the rows of callbacks.def to the fields of struct nbdkit_plugin.
 *
 * A field is a C function of some shape, and there are fewer shapes than fields: the table at
 * the end says for each row which field it is and which shape that has.  A shape takes its
 * arguments out of the struct call and puts the result back. */
#include "nbdkit.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* The flags and the answers are the same numbers on both sides. */
static_assert (NBDKIT_FLAG_MAY_TRIM == (int) REQUEST_MAY_TRIM &&
                   NBDKIT_FLAG_FUA == (int) REQUEST_FUA &&
                   NBDKIT_FLAG_REQ_ONE == (int) REQUEST_REQ_ONE &&
                   NBDKIT_FLAG_FAST_ZERO == (int) REQUEST_FAST_ZERO,
               "flags");
static_assert (NBDKIT_FUA_EMULATE == (int) SUPPORT_EMULATE &&
                   NBDKIT_FUA_NATIVE == (int) SUPPORT_NATIVE &&
                   NBDKIT_CACHE_EMULATE == (int) SUPPORT_EMULATE &&
                   NBDKIT_CACHE_NATIVE == (int) SUPPORT_NATIVE,
               "support");
static_assert (NBDKIT_EXTENT_HOLE == (int) EXTENT_HOLE &&
                   NBDKIT_EXTENT_ZERO == (int) EXTENT_ZERO,
               "extents");
static_assert (NBDKIT_THREAD_MODEL_SERIALIZE_CONNECTIONS == (int) SERIALIZE_CONNECTIONS &&
                   NBDKIT_THREAD_MODEL_PARALLEL == (int) PARALLEL,
               "thread models");

/* A call on its way: which function, and with what. */
struct run {
    const struct nbdkit *nbdkit;
    struct call *call;
    void *handle;
    union {
        void *field;
        const char *text;
        void (*nothing) (void);
        int (*number) (void);
        int (*config) (const char *, const char *);
        int (*readonly) (int);
        int (*list) (int, int, struct nbdkit_exports *);
        const char *(*name) (int, int);
        void *(*open) (int);
        void (*close) (void *);
        int64_t (*size) (void *);
        int (*blocks) (void *, uint32_t *, uint32_t *, uint32_t *);
        const char *(*describe) (void *);
        int (*fact) (void *);
        int (*pread) (void *, void *, uint32_t, uint64_t, uint32_t);
        int (*pwrite) (void *, const void *, uint32_t, uint64_t, uint32_t);
        int (*flush) (void *, uint32_t);
        int (*range) (void *, uint32_t, uint64_t, uint32_t);
        int (*extents) (void *, uint32_t, uint64_t, uint32_t, struct nbdkit_extents *);
        int (*pread_v1) (void *, void *, uint32_t, uint64_t);
        int (*pwrite_v1) (void *, const void *, uint32_t, uint64_t);
        int (*trim_v1) (void *, uint32_t, uint64_t);
        int (*zero_v1) (void *, uint32_t, uint64_t, int);
    } f;
};

/* What a callback returned: 0, or the error that it made, which errno may know. */
static int judge (const struct run *run, int64_t returned) {
    int number = run->nbdkit->table.errno_is_preserved ? errno : EIO;

    return returned < 0 ? now_failed (now_get (), number) : 0;
}

/* It answered what is no answer: that is told as an error of its own is. */
__attribute__ ((format (printf, 1, 2))) static int mistaken (const char *format, ...) {
    va_list args;

    va_start (args, format);
    now_verror (format, args);
    va_end (args);
    return now_failed (now_get (), EINVAL);
}

/* Life */

static int run_nothing (struct run *run) {
    run->f.nothing ();
    return 0;
}

static int run_number (struct run *run) {
    return judge (run, run->f.number ());
}

static int run_config (struct run *run) {
    return judge (run, run->f.config (run->call->key, run->call->value));
}

static int run_text (struct run *run) {
    run->call->out.s = strdup (run->f.text);
    return run->call->out.s ? 0 : -ENOMEM;
}

/* A looser model than was compiled in is not believed. */
static int run_thread_model (struct run *run) {
    int most = run->nbdkit->table._thread_model, model = run->f.number ();

    run->call->out.t = (enum thread_model) (model < most ? model : most);
    return judge (run, model);
}

static int run_readonly (struct run *run) {
    return judge (run, run->f.readonly (run->call->readonly));
}

static int run_list (struct run *run) {
    struct call *c = run->call;

    return judge (run, run->f.list (c->readonly, c->tls, (struct nbdkit_exports *) c->out.l));
}

/* Text that comes out is a copy; too long for the protocol is as good as none. */
static int give_text (struct run *run, const char *text) {
    run->call->out.s = NULL;
    if (!text || strlen (text) > EXPORT_NAME_MAX)
        return 0;
    run->call->out.s = strdup (text);
    return run->call->out.s ? 0
                            : error_set (run->call->error, ENOMEM, "%s: out of memory",
                                         run->call->row->name);
}

static int run_name (struct run *run) {
    return give_text (run, run->f.name (run->call->readonly, run->call->tls));
}

static int run_open (struct run *run) {
    struct handle *h = run->handle;

    h->handle = run->f.open (run->call->readonly);
    return h->handle ? 0 : now_failed (now_get (), errno);
}

static int run_close (struct run *run) {
    run->f.close (run->handle);
    return 0;
}

/* Facts */

static int run_size (struct run *run) {
    int64_t size = run->f.size (run->handle);

    if (size < -1)
        return mistaken ("get_size: the answer %" PRIi64 " is no size", size);
    run->call->out.i = (uint64_t) size;
    return judge (run, size);
}

static int run_blocks (struct run *run) {
    struct block_size *z = &run->call->out.z;

    *z = (struct block_size){0};
    return judge (run, run->f.blocks (run->handle, &z->minimum, &z->preferred, &z->maximum));
}

static int run_describe (struct run *run) {
    return give_text (run, run->f.describe (run->handle));
}

static int run_yes_no (struct run *run) {
    int yes = run->f.fact (run->handle);

    run->call->out.b = yes > 0;
    return judge (run, yes);
}

/* The requests of version 1 know no flags. */
static int run_support (struct run *run) {
    int support = run->f.fact (run->handle);
    const struct callback *row = run->call->row;

    if (support > SUPPORT_NATIVE)
        return mistaken ("%s: the answer %d is none of 0, 1, 2", row->name, support);
    if (run->nbdkit->v1 && row == &callbacks[ROW_can_fua] && support == SUPPORT_NATIVE)
        support = SUPPORT_EMULATE;
    run->call->out.e = (enum support) support;
    return judge (run, support);
}

/* Work.  Data is bounded by REQUEST_COUNT_MAX, so its count fits. */

static int run_pread (struct run *run) {
    struct request *r = run->call->request;

    return judge (
        run, run->f.pread (run->handle, r->data, (uint32_t) r->count, r->offset, r->flags));
}

static int run_pwrite (struct run *run) {
    struct request *r = run->call->request;

    return judge (
        run, run->f.pwrite (run->handle, r->payload, (uint32_t) r->count, r->offset, r->flags));
}

static int run_flush (struct run *run) {
    return judge (run, run->f.flush (run->handle, run->call->request->flags));
}

/* One call of a range, which may be longer than the plugin can be told of: in parts, each a
 * multiple of any block size but the last. */
static int in_parts (struct run *run, int (*part) (struct run *, uint32_t, uint64_t)) {
    static const uint32_t most = UINT32_MAX - 65535;
    struct request *r = run->call->request;
    uint64_t done = 0;
    int result;

    do {
        uint64_t left = r->count - done;
        uint32_t count = left <= UINT32_MAX ? (uint32_t) left : most;
        result = judge (run, part (run, count, r->offset + done));
        done += count;
    } while (result == 0 && done < r->count);
    return result;
}

static int range_part (struct run *run, uint32_t count, uint64_t offset) {
    return run->f.range (run->handle, count, offset, run->call->request->flags);
}

static int run_range (struct run *run) {
    return in_parts (run, range_part);
}

/* A plugin need not answer for all of the range. */
static int run_extents (struct run *run) {
    struct request *r = run->call->request;
    uint32_t count = r->count <= UINT32_MAX ? (uint32_t) r->count : UINT32_MAX - 65535;
    int result = judge (run, run->f.extents (run->handle, count, r->offset, r->flags,
                                             (struct nbdkit_extents *) r->extents));

    if (result == 0 && r->extents->n == 0)
        return mistaken ("extents: it told of none at %" PRIu64 ", where the range begins",
                         r->offset);
    return result;
}

/* Work of version 1 */

static int run_pread_v1 (struct run *run) {
    struct request *r = run->call->request;

    return judge (run, run->f.pread_v1 (run->handle, r->data, (uint32_t) r->count, r->offset));
}

static int run_pwrite_v1 (struct run *run) {
    struct request *r = run->call->request;

    return judge (run,
                  run->f.pwrite_v1 (run->handle, r->payload, (uint32_t) r->count, r->offset));
}

static int run_flush_v1 (struct run *run) {
    return judge (run, run->f.fact (run->handle));
}

static int trim_part_v1 (struct run *run, uint32_t count, uint64_t offset) {
    return run->f.trim_v1 (run->handle, count, offset);
}

static int run_trim_v1 (struct run *run) {
    return in_parts (run, trim_part_v1);
}

static int zero_part_v1 (struct run *run, uint32_t count, uint64_t offset) {
    return run->f.zero_v1 (run->handle, count, offset,
                           run->call->request->flags & REQUEST_MAY_TRIM);
}

static int run_zero_v1 (struct run *run) {
    struct request *r = run->call->request;

    if (r->flags & REQUEST_FAST_ZERO)
        return request_error (r, EOPNOTSUPP, "%s: whether zero is fast is not known",
                              run->nbdkit->table.name);
    return in_parts (run, zero_part_v1);
}

typedef int shape (struct run *);

#define AT(field) offsetof (struct nbdkit_plugin, field)

static const struct field {
    size_t at, at_v1;
    shape *run, *run_v1; /* at_v1, run_v1: of a row whose function version 1 had elsewhere */
} fields[ROW_COUNT] = {
    [ROW_load] = {.at = AT (load), .run = run_nothing},
    [ROW_magic_config_key] = {.at = AT (magic_config_key), .run = run_text},
    [ROW_config] = {.at = AT (config), .run = run_config},
    [ROW_config_complete] = {.at = AT (config_complete), .run = run_number},
    [ROW_dump_plugin] = {.at = AT (dump_plugin), .run = run_nothing},
    [ROW_thread_model] = {.at = AT (thread_model), .run = run_thread_model},
    [ROW_get_ready] = {.at = AT (get_ready), .run = run_number},
    [ROW_after_fork] = {.at = AT (after_fork), .run = run_number},
    [ROW_preconnect] = {.at = AT (preconnect), .run = run_readonly},
    [ROW_list_exports] = {.at = AT (list_exports), .run = run_list},
    [ROW_default_export] = {.at = AT (default_export), .run = run_name},
    [ROW_open] = {.at = AT (open), .run = run_open},
    [ROW_close] = {.at = AT (close), .run = run_close},
    [ROW_cleanup] = {.at = AT (cleanup), .run = run_nothing},
    [ROW_unload] = {.at = AT (unload), .run = run_nothing},
    [ROW_get_size] = {.at = AT (get_size), .run = run_size},
    [ROW_block_size] = {.at = AT (block_size), .run = run_blocks},
    [ROW_export_description] = {.at = AT (export_description), .run = run_describe},
    [ROW_can_write] = {.at = AT (can_write), .run = run_yes_no},
    [ROW_can_flush] = {.at = AT (can_flush), .run = run_yes_no},
    [ROW_can_trim] = {.at = AT (can_trim), .run = run_yes_no},
    [ROW_can_zero] = {.at = AT (can_zero), .run = run_yes_no},
    [ROW_can_fast_zero] = {.at = AT (can_fast_zero), .run = run_yes_no},
    [ROW_can_extents] = {.at = AT (can_extents), .run = run_yes_no},
    [ROW_can_multi_conn] = {.at = AT (can_multi_conn), .run = run_yes_no},
    [ROW_is_rotational] = {.at = AT (is_rotational), .run = run_yes_no},
    [ROW_can_fua] = {.at = AT (can_fua), .run = run_support},
    [ROW_can_cache] = {.at = AT (can_cache), .run = run_support},
    [ROW_pread] = {AT (pread), AT (_pread_v1), run_pread, run_pread_v1},
    [ROW_pwrite] = {AT (pwrite), AT (_pwrite_v1), run_pwrite, run_pwrite_v1},
    [ROW_flush] = {AT (flush), AT (_flush_v1), run_flush, run_flush_v1},
    [ROW_trim] = {AT (trim), AT (_trim_v1), run_range, run_trim_v1},
    [ROW_zero] = {AT (zero), AT (_zero_v1), run_range, run_zero_v1},
    [ROW_extents] = {.at = AT (extents), .run = run_extents},
    [ROW_cache] = {.at = AT (cache), .run = run_range},
};

/* What the field of a row holds; NULL: nothing, or the row has none. */
static void *read_field (const struct nbdkit *n, const struct callback *row) {
    const struct field *f = &fields[row - callbacks];
    size_t at = n->v1 && f->at_v1 ? f->at_v1 : f->at;
    void *field;

    if (!f->run)
        return NULL;
    memcpy (&field, (const char *) &n->table + at, sizeof field);
    return field;
}

bool field_has (const struct nbdkit *n, const struct callback *row) {
    return read_field (n, row);
}

int field_call (const struct nbdkit *n, struct call *c, void *handle) {
    const struct field *f = &fields[c->row - callbacks];
    struct run run = {
        .nbdkit = n, .call = c, .handle = handle, .f.field = read_field (n, c->row)};

    return n->v1 && f->run_v1 ? f->run_v1 (&run) : f->run (&run);
}
