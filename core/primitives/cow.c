/* SPDX-License-Identifier: BSD-3-Clause */
/* cow.c: copy on write: what is written stays in an overlay.
 *
 *     read ──▶ bit set ──▶ overlay
 *                └ not ──▶ below, which is never written
 *
 * A read looks at the bits once and takes no lock: a block that comes into the overlay
 * meanwhile has the same bytes there, or newer ones.  How it comes there is
 * cow_change.c. */
#include "cow.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "parts.h"
#include "primitives.h"
#include "ram_store.h"

static struct device *holder (struct device *d, bool present) {
    struct cow *cow = d->state;

    return present ? cow->overlay : d->below;
}

static int place_in_holder (struct parts *p, uint64_t left) {
    struct cow *cow = p->owner->state;
    bool present;

    p->sequence.child.offset = p->at;
    p->sequence.child.count = cow_blocks_run (&cow->blocks, p->at, p->at + left, &present);
    p->sequence.device = holder (p->owner, present);
    return 0;
}

/* Ask whoever has the bytes; no offset changes on the way. */
static int cow_ask (struct device *d, struct request *r) {
    struct cow *cow = d->state;
    bool present;

    if (r->count == 0)
        return 0;
    if (cow_blocks_run (&cow->blocks, r->offset, r->offset + r->count, &present) < r->count)
        return parts_start (d, r, place_in_holder);
    return device_start (holder (d, present), r);
}

static bool all_present (const struct cow *cow, const struct request *r) {
    bool present;

    return r->count == 0 || (cow_blocks_run (&cow->blocks, r->offset, r->offset + r->count,
                                             &present) == r->count &&
                             present);
}

static int cow_pread (struct device *d, struct request *r) {
    struct cow *cow = d->state;

    if ((cow->on_read || (cow->on_read_while && access (cow->on_read_while, F_OK) == 0)) &&
        !all_present (cow, r))
        return cow_copy (d, r, cow_ask);
    return cow_ask (d, r);
}

static int cow_cache (struct device *d, struct request *r) {
    struct cow *cow = d->state;

    return cow->on_cache && !all_present (cow, r) ? cow_copy (d, r, cow_ask) : cow_ask (d, r);
}

static int cow_flush (struct device *d, struct request *r) {
    struct cow *cow = d->state;

    return cow->overlay->facts.can_flush ? device_start (cow->overlay, r) : 0;
}

static uint32_t greater (uint32_t a, uint32_t b) {
    return a > b ? a : b;
}

static int merge_blocks (struct facts *f, const struct cow *cow, struct error *error) {
    struct block_size *b = &f->block_size, over = cow->overlay->facts.block_size;
    uint64_t block = UINT64_C (1) << cow->blocks.bits;

    if ((b->maximum && b->maximum < block) || (over.maximum && over.maximum < block) ||
        b->minimum > block || over.minimum > block)
        return error_set (error, EINVAL,
                          "cow: the devices do not take requests of one block, %" PRIu64
                          " bytes",
                          block);
    b->minimum = greater (greater (b->minimum, over.minimum), 1);
    b->preferred = block > 32 << 20 ? 32 << 20 : block;
    if (b->maximum == 0 || (over.maximum && over.maximum < b->maximum))
        b->maximum = over.maximum;
    if (b->maximum == 0)
        b->maximum = UINT32_MAX;
    if (b->maximum != UINT32_MAX)
        b->maximum -= b->maximum % b->minimum;
    return 0;
}

static int cow_facts (struct device *d, struct facts *f, struct error *error) {
    struct cow *cow = d->state;
    const struct facts *overlay = &cow->overlay->facts;

    for (char **c = f->contexts; c && *c; c++) /* of the device below alone */
        free (*c);
    free (f->contexts);
    f->contexts = NULL;
    f->can_write = f->can_trim = f->can_zero = true;
    f->can_flush = overlay->can_flush;
    f->can_fast_zero = overlay->can_fast_zero;
    f->can_extents |= overlay->can_extents;
    f->can_multi_conn = overlay->can_multi_conn;
    f->can_fua = overlay->can_fua == SUPPORT_NONE ? SUPPORT_NONE : SUPPORT_NATIVE;
    if (f->can_cache != SUPPORT_NONE || cow->on_cache)
        f->can_cache = SUPPORT_NATIVE;
    return merge_blocks (f, cow, error);
}

static void cow_free (struct cow *cow) {
    cow_blocks_clear (&cow->blocks);
    device_unref (cow->overlay);
    free (cow->on_read_while);
    free (cow);
}

static void cow_close (struct device *d) {
    cow_free (d->state);
}

static const struct device_type cow_type = {
    .name = "cow",
    .work =
        {
            [WORK_pread] = cow_pread,
            [WORK_pwrite] = cow_change,
            [WORK_flush] = cow_flush,
            [WORK_trim] = cow_change,
            [WORK_zero] = cow_change,
            [WORK_extents] = cow_ask,
            [WORK_cache] = cow_cache,
        },
    .facts = cow_facts,
    .close = cow_close,
};

/* The exponent of a block's size. */
static int block_bits (uint64_t size, unsigned *bits, struct error *error) {
    if (size < 4096 || size > REQUEST_COUNT_MAX || (size & (size - 1)))
        return error_set (error, EINVAL,
                          "cow: block_size %" PRIu64 " is not a power of two from 4096 to %d",
                          size, REQUEST_COUNT_MAX);
    *bits = __builtin_ctzll (size);
    return 0;
}

/* The overlay that was given, if it will do, or a new one in memory. */
static int choose_overlay (struct cow *cow, struct device *below, struct host *host,
                           struct device *given, struct error *error) {
    uint64_t size = below->facts.get_size;

    if (!given)
        return (cow->overlay = ram_new (host, size, error)) ? 0 : -ENOMEM;
    if (!given->facts.can_write)
        return error_set (error, EROFS, "cow: the overlay is read-only");
    if (given->facts.get_size < size)
        return error_set (error, EINVAL,
                          "cow: the overlay has %" PRIu64 " bytes, which is less than %" PRIu64,
                          given->facts.get_size, size);
    cow->overlay = device_ref (given);
    return 0;
}

static int copy_path (struct cow *cow, const struct value *path, struct error *error) {
    if (path->set && !(cow->on_read_while = strdup (path->s)))
        return error_set (error, ENOMEM, "cow: out of memory");
    return 0;
}

struct device *cow_open (struct host *host, const struct arguments *a, struct error *error) {
    struct device *below = arguments_get (a, "device")->device, *d;
    const struct value *overlay = arguments_get (a, "overlay");
    struct cow *cow;
    unsigned bits = 0;

    if (block_bits (arguments_get (a, "block_size")->u, &bits, error) < 0)
        return NULL;
    if (!(cow = calloc (1, sizeof *cow)) ||
        cow_blocks_init (&cow->blocks, below->facts.get_size, bits,
                         host ? host->pool : NULL) < 0) {
        free (cow);
        error_set (error, ENOMEM, "cow: out of memory");
        return NULL;
    }
    cow->on_cache = arguments_get (a, "on_cache")->b;
    cow->on_read = arguments_get (a, "on_read")->b;
    if (copy_path (cow, arguments_get (a, "on_read_while"), error) < 0 ||
        choose_overlay (cow, below, host, overlay->set ? overlay->device : NULL, error) < 0 ||
        !(d = device_new (&cow_type, cow, device_ref (below), host, error))) {
        cow_free (cow);
        return NULL;
    }
    d->may_block |= cow->overlay->may_block;
    return d;
}
