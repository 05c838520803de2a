/* SPDX-License-Identifier: BSD-3-Clause */
/* cow_change.c: how blocks get into the overlay.
 *
 *     begin ─▶ (there already) the work itself, on the overlay ─▶ begin
 *       └────▶ gate ─▶ read below ─▶ complete ─▶ mark ─▶ begin
 *                └───▶ the work itself, of a whole block ─▶ mark
 *
 * Each arrow may have to wait, so each step leaves behind which comes next, and what is
 * finished elsewhere takes the steps up again.  At most one gate is held.  Only after a
 * block is whole in the overlay does its bit say so. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cow.h"

struct change {
    struct request child;
    struct task task; /* in a gate's queue */
    struct request *parent;
    struct device *device; /* the cow */
    struct cow *cow;
    work_fn *then; /* copying: what to do with the parent at the end; else NULL */

    int (*step) (struct change *);  /* what comes next; NULL: all is done */
    int (*begin) (struct change *); /* the step that every part begins with */
    uint64_t at, end;              /* of the parent's range: what is still to be done */
    bool gate_held;
    uint64_t block, block_end; /* the block at hand, cut off at the end of the device */
    uint64_t part_end;         /* how far the range reaches in it */
    char *buffer;              /* of a block */
};

static int change_finish (struct change *c, int result) {
    struct device *device = c->device;
    struct request *parent = c->parent;
    work_fn *then = c->then;

    if (c->gate_held)
        cow_gate_leave (&c->cow->blocks, c->block);
    free (c->buffer);
    free (c);
    return then ? then (device, parent) : result; /* a copy that failed is only not made */
}

/* Take steps until one must wait, all is done or something fails. */
static int change_go (struct change *c) {
    int result = 0;

    while (result == 0 && c->step)
        result = c->step (c);
    return result == LATER ? LATER : change_finish (c, result);
}

static void change_resume (struct change *c, int result) {
    struct request *parent = c->parent;

    result = result < 0 ? change_finish (c, result) : change_go (c);
    if (result != LATER)
        request_done (parent, result);
}

static void child_done (struct request *child, int result) {
    change_resume (container_of (child, struct change, child), result);
}

static void gate_given (struct task *task) {
    struct change *c = container_of (task, struct change, task);

    c->gate_held = true;
    change_resume (c, 0);
}

static int fail (struct change *c, int number, const char *what) {
    return request_error (&c->child, number, "cow: %s", what);
}

/* Ask a device for something; when it is done comes THEN. */
static int ask (struct change *c, struct device *device, enum work work, uint64_t offset,
                uint64_t end, int (*then) (struct change *)) {
    c->child.work = work;
    c->child.offset = offset;
    c->child.count = end - offset;
    c->step = then;
    return device_start (device, &c->child);
}

static const char *payload_at (const struct change *c, uint64_t offset) {
    return (const char *) c->parent->payload + (offset - c->parent->offset);
}

static int mark (struct change *c) {
    cow_blocks_set (&c->cow->blocks, c->block);
    c->gate_held = false;
    cow_gate_leave (&c->cow->blocks, c->block);
    c->at = c->part_end;
    c->step = c->begin;
    return 0;
}

/* The buffer has the block as it is below: change it, and put it into the overlay. */
static int complete (struct change *c) {
    size_t start = c->at - c->block, count = c->part_end - c->at;

    if (c->parent->work == WORK_pwrite)
        memcpy (c->buffer + start, payload_at (c, c->at), count);
    else if (c->parent->work == WORK_zero)
        memset (c->buffer + start, 0, count);
    c->child.payload = c->buffer;
    c->child.flags = c->then ? 0 : c->parent->flags & REQUEST_FUA;
    return ask (c, c->cow->overlay, WORK_pwrite, c->block, c->block_end, mark);
}

static int read_below (struct change *c) {
    if (!c->buffer && !(c->buffer = malloc ((size_t) 1 << c->cow->blocks.bits)))
        return fail (c, ENOMEM, "out of memory");
    c->child.data = c->buffer;
    c->child.flags = 0;
    return ask (c, c->device->below, WORK_pread, c->block, c->block_end, complete);
}

/* The whole block is overwritten; what is below does not matter.  A trimmed one becomes
 * zero, as nobody knows what the overlay has there. */
static int overwrite (struct change *c) {
    const struct request *parent = c->parent;

    c->child.flags = parent->flags | (parent->work == WORK_trim ? REQUEST_MAY_TRIM : 0);
    if (parent->work == WORK_pwrite)
        c->child.payload = payload_at (c, c->at);
    return ask (c, c->cow->overlay, parent->work == WORK_pwrite ? WORK_pwrite : WORK_zero,
                c->block, c->block_end, mark);
}

/* The gate is ours: unless somebody else has put the block there meanwhile, we do. */
static int inside (struct change *c) {
    bool copying = c->then, whole = c->at == c->block && c->part_end == c->block_end;

    if (cow_blocks_present (&c->cow->blocks, c->block)) {
        c->gate_held = false;
        cow_gate_leave (&c->cow->blocks, c->block);
        c->step = c->begin;
        return 0;
    }
    if (cow_blocks_prepare (&c->cow->blocks, c->block) < 0)
        return fail (c, ENOMEM, "out of memory");
    return whole && !copying ? overwrite (c) : read_below (c);
}

static void choose_block (struct change *c) {
    uint64_t mask = (UINT64_C (1) << c->cow->blocks.bits) - 1, size = c->cow->blocks.size;

    c->block = c->at & ~mask;
    c->block_end = size - c->block > mask ? c->block + mask + 1 : size;
    c->part_end = c->end < c->block_end ? c->end : c->block_end;
}

/* What is in the overlay already is changed there. */
static int change_present (struct change *c) {
    uint64_t at = c->at, count;
    bool present;

    count = cow_blocks_run (&c->cow->blocks, at, c->end, &present);
    c->at += count;
    c->step = c->begin;
    if (c->then || (c->parent->work == WORK_trim && !c->cow->overlay->facts.can_trim))
        return 0;
    c->child.flags = c->parent->flags;
    if (c->parent->work == WORK_pwrite)
        c->child.payload = payload_at (c, at);
    return ask (c, c->cow->overlay, c->parent->work, at, at + count, c->begin);
}

static int begin (struct change *c) {
    if (c->at == c->end) {
        c->step = NULL;
        return 0;
    }
    if (cow_blocks_present (&c->cow->blocks, c->at))
        return change_present (c);
    choose_block (c);
    if (c->parent->work == WORK_trim &&
        (c->at > c->block || c->part_end < c->block_end)) { /* not worth a copy */
        c->at = c->part_end;
        return 0;
    }
    c->step = inside;
    if (!cow_gate_enter (&c->cow->blocks, c->block, &c->task))
        return LATER; /* from here on C may be gone */
    c->gate_held = true;
    return 0;
}

static int change_start (struct device *d, struct request *r, work_fn *then) {
    struct change *c = malloc (sizeof *c);

    if (!c)
        return then ? then (d, r) : request_error (r, ENOMEM, "cow: out of memory");
    *c = (struct change){
        .child = {.done = child_done,
                  .error = then ? NULL : r->error,
                  .cancelled = r->cancelled},
        .task.run = gate_given,
        .parent = r,
        .device = d,
        .cow = d->state,
        .then = then,
        .step = begin,
        .begin = begin,
        .at = r->offset,
        .end = r->offset + r->count,
    };
    return change_go (c);
}

/* A fast zero must not begin what only reading below can complete. */
static bool needs_copy (const struct cow *cow, const struct request *r) {
    uint64_t mask = (UINT64_C (1) << cow->blocks.bits) - 1, end = r->offset + r->count;

    return ((r->offset & mask) && !cow_blocks_present (&cow->blocks, r->offset)) ||
           ((end & mask) && end < cow->blocks.size &&
            !cow_blocks_present (&cow->blocks, end - 1));
}

int cow_change (struct device *d, struct request *r) {
    struct cow *cow = d->state;
    bool present;

    if (r->count == 0)
        return 0;
    if ((r->flags & REQUEST_FAST_ZERO) && needs_copy (cow, r))
        return request_error (r, ENOTSUP, "cow: a block must be copied first, which is not fast");
    if (r->work != WORK_trim &&
        cow_blocks_run (&cow->blocks, r->offset, r->offset + r->count, &present) == r->count &&
        present)
        return device_start (cow->overlay, r);
    return change_start (d, r, NULL);
}

int cow_copy (struct device *d, struct request *r, work_fn *then) {
    return change_start (d, r, then);
}
