/* SPDX-License-Identifier: BSD-3-Clause */
/* script_device.c: the devices that a script's `open` makes.
 *
 * The type is made once for each script: a WORK row that the script defines is
 * script_work, any other is left to the device below or to the floor.  Every call runs on
 * the script's strand; what is passed on runs off it. */
#include "script_device.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "floor.h"
#include "pool.h"
#include "strand.h"

/* The state of a device: one client's open of one script. */
struct opened {
    struct plugin *plugin;
    struct session session; /* export_name is a copy */
    void *handle;
    struct strand *strand;     /* where its WORK runs; NULL in parallel */
    struct strand *own_strand; /* freed with it; NULL where it is the plugin's */
    struct task close_task;
};

static const struct callback *work_row (enum work work) {
    return &callbacks[ROW_COUNT - WORK_COUNT + work]; /* WORK rows come last */
}

/* As device.c would have settled the slot, had it been known. */
static int missing_work (struct device *d, struct request *r) {
    bool cut = work_row (r->work)->other != WORK_none;

    return d->below && !cut ? PASS : floor_work[r->work](d, r);
}

static int call_work (struct device *d, struct request *r) {
    struct opened *o = d->state;
    struct call call;
    int result;

    memset (&call, 0, offsetof (struct call, out)); /* WORK gives nothing there */
    call.row = work_row (r->work);
    call.session = &o->session;
    call.device = d;
    call.request = r;
    call.handle = o->handle;
    call.error = r->error;
    result = o->plugin->language->call (o->plugin, &call);
    if (result == PASS && !d->below)
        return request_error (r, EIO, "%s: %s: pass, but there is nothing below",
                              o->plugin->name, call.row->name);
    return result == MISSING ? missing_work (d, r) : result;
}

static void run_passed (struct task *task) {
    struct request *r = container_of (task, struct request, task);
    int result = device_start (r->device, r);

    if (result != LATER)
        request_done (r, result);
}

void plugin_finish (struct device *d, struct request *r, int result) {
    if (result == PASS && !d->below)
        result = request_error (r, EIO, "%s: pass, but there is nothing below", d->type->name);
    if (result != PASS) {
        request_done (r, result);
        return;
    }
    r->device = d->below;
    r->task.run = run_passed;
    pool_post (d->host->pool, &r->task);
}

static void run_queued (struct task *task) {
    struct request *r = container_of (task, struct request, task);
    struct device *d = r->device;
    int result = call_work (d, r);

    if (result != LATER)
        plugin_finish (d, r, result);
}

static int script_work (struct device *d, struct request *r) {
    struct opened *o = d->state;
    int result;

    if (o->strand) {
        r->device = d;
        r->task.run = run_queued;
        if (!strand_enter (o->strand, &r->task))
            return LATER;
    }
    result = call_work (d, r);
    if (o->strand)
        strand_leave (o->strand);
    return result == PASS ? device_start (d->below, r) : result;
}

/* Put what a FACT's call gave into its field. */
static void keep_fact (struct facts *f, const struct callback *row, struct call *call) {
    void *field = (char *) f + row->field;

    switch (row->gives) {
    case 'b': *(bool *) field = call->out.b; break;
    case 'i': *(uint64_t *) field = call->out.i; break;
    case 'e': *(enum support *) field = call->out.e; break;
    case 'z': *(struct block_size *) field = call->out.z; break;
    case 's':
        free (*(char **) field);
        *(char **) field = call->out.s;
        break;
    case 'w':
        for (char **w = *(char ***) field; w && *w; w++)
            free (*w);
        free (*(char ***) field);
        *(char ***) field = call->out.w;
        break;
    }
}

/* A plugin that defines a WORK offers it, whatever it stands on; a filter offers what the
 * device below offers. */
static void imply_facts (struct plugin *p, struct facts *f) {
    for (const struct callback *row = callbacks; row->name; row++) {
        void *field = (char *) f + row->field;
        if (row->kind != KIND_FACT || row->other == WORK_none || !p->type.work[row->other])
            continue;
        if (row->gives == 'b')
            *(bool *) field = true;
        else if (row->other == WORK_cache)
            *(enum support *) field = SUPPORT_NATIVE;
    }
}

/* The script does not tell after all.  A WORK that it defines perhaps is not offered
 * unasked, and what rests on that is as it would be without the WORK. */
static int missing_fact (struct device *d, const struct callback *row, struct facts *f,
                         struct error *error) {
    const struct plugin *p = ((struct opened *) d->state)->plugin;
    void *field = (char *) f + row->field;

    if (d->below)
        return 0; /* inherited */
    if (row == &callbacks[ROW_get_size])
        return error_set (error, EINVAL, "%s: get_size is not defined, and open gave no device",
                          p->name);
    if (row == &callbacks[ROW_can_fast_zero])
        f->can_fast_zero = !f->can_zero;
    if (row->other == WORK_none ||
        p->defines[work_row (row->other) - callbacks] != DEFINED_PERHAPS)
        return 0;
    if (row->gives == 'b')
        *(bool *) field = false;
    else
        *(enum support *) field =
            row->other == WORK_flush && f->can_flush ? SUPPORT_EMULATE : SUPPORT_NONE;
    return 0;
}

static int script_facts (struct device *d, struct facts *f, struct error *error) {
    struct opened *o = d->state;
    struct plugin *p = o->plugin;

    if (!d->below && !p->defines[ROW_get_size])
        return error_set (error, EINVAL,
                          "%s: get_size is not defined, and open gave no device", p->name);
    if (!d->below && !p->defines[ROW_pread])
        return error_set (error, EINVAL, "%s: pread is not defined, and open gave no device",
                          p->name);
    if (d->below && !p->filter)
        imply_facts (p, f);
    for (const struct callback *row = callbacks; row->name; row++) {
        struct call call = {.row = row,
                            .session = &o->session,
                            .device = d,
                            .handle = o->handle,
                            .error = error};
        int r;
        if (row->kind != KIND_FACT || !p->defines[row - callbacks])
            continue;
        r = p->language->call (p, &call);
        if (r == MISSING)
            r = missing_fact (d, row, f, error);
        else if (r == 0)
            keep_fact (f, row, &call);
        if (r < 0)
            return r;
    }
    return 0;
}

static void opened_free (struct opened *o) {
    struct plugin *p = o->plugin;

    strand_free (o->own_strand);
    free ((char *) o->session.export_name);
    free (o);
    p->opened--; /* the last touch: the plugin may go now */
}

static void call_close (struct opened *o) {
    struct plugin *p = o->plugin;
    struct error error = {0};
    struct call call = {.row = &callbacks[ROW_close],
                        .session = &o->session,
                        .handle = o->handle,
                        .error = &error};

    if (p->defines[ROW_close] && p->language->call (p, &call) < 0) {
        error_set (&error, EIO, "close failed");
        log_failure (&p->host->log, p->name, &error);
    }
    p->language->drop (p, o->handle);
}

static void close_later (struct task *task) {
    struct opened *o = container_of (task, struct opened, close_task);

    call_close (o);
    opened_free (o);
}

static void script_close (struct device *d) {
    struct opened *o = d->state;

    o->close_task.run = close_later;
    if (o->plugin->strand)
        strand_run (o->plugin->strand, &o->close_task);
    else
        close_later (&o->close_task);
}

void script_device_type (struct plugin *p) {
    if (!p->type.name)
        p->type = (struct device_type){.name = p->name,
                                       .facts = script_facts,
                                       .close = script_close,
                                       .may_block = p->may_block,
                                       .may_refuse_zero = true};
    for (const struct callback *row = callbacks; row->name; row++) {
        enum defined defined = p->defines[row - callbacks];
        if (row->kind != KIND_WORK || p->type.work[row->work])
            continue;
        if (defined == DEFINED || defined == DEFINED_PERHAPS)
            p->type.work[row->work] = script_work;
        if (defined == DEFINED_AS_PASS)
            p->type.passes |= 1u << row->work;
    }
}

static struct opened *opened_new (struct plugin *p, const struct session *session,
                                  struct error *error) {
    struct opened *o = calloc (1, sizeof *o);

    p->opened++;
    if (o) {
        o->plugin = p;
        o->session = *session;
        o->session.export_name = strdup (session->export_name);
        o->strand = p->strand;
        if (!p->strand && p->model == SERIALIZE_REQUESTS)
            o->strand = o->own_strand = strand_new (p->host->pool, NULL, NULL, NULL);
        if (o->session.export_name && (o->strand || p->model == PARALLEL))
            return o;
        opened_free (o);
    } else {
        p->opened--;
    }
    error_set (error, ENOMEM, "%s: out of memory", p->name);
    return NULL;
}

/* Inside the strand: `open`, then the facts, which device_new asks for. */
static struct device *open_inside (struct plugin *p, struct opened *o, struct device *next,
                                   struct error *error) {
    struct call call = {.row = &callbacks[ROW_open],
                        .session = &o->session,
                        .next = next,
                        .readonly = o->session.readonly,
                        .tls = o->session.tls,
                        .error = error};
    struct device *d;

    call.out.handle = NULL;
    if ((p->defines[ROW_open] || p->filter) && p->language->call (p, &call) < 0) {
        device_unref (next);
        return NULL;
    }
    o->handle = call.out.handle;
    if (call.out.device) {
        device_unref (next); /* whatever open made of it holds its own reference */
        next = call.out.device;
    }
    if (!(d = device_new (&p->type, o, next, p->host, error))) {
        call_close (o);
        return NULL;
    }
    if (p->language->enter)
        d->strand = o->strand;
    return d;
}

struct device *script_device_open (struct plugin *p, const struct session *session,
                                   struct device *next, struct error *error) {
    struct opened *o = opened_new (p, session, error);
    struct device *d;

    if (!o) {
        device_unref (next);
        return NULL;
    }
    if (p->strand)
        strand_lock (p->strand);
    d = open_inside (p, o, next, error);
    if (!d)
        opened_free (o);
    if (p->strand)
        strand_leave (p->strand);
    return d;
}

const struct session *plugin_session (const struct device *d) {
    return d->type->close == script_close ? &((struct opened *) d->state)->session : NULL;
}
