/* SPDX-License-Identifier: BSD-3-Clause */
/* device.c: making a device, and the ways into it.
 *
 * When a device is made its facts are settled first, then each WORK slot: the type's own
 * function, the one below, or the floor.  After that nothing changes, and dispatch is one
 * indirect call.  The fallbacks themselves are floor.c. */
#include "device.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "floor.h"
#include "hostile.h"
#include "language.h"

/* Which sibling cuts each WORK off from below, by work. */
static const enum work cut_by[WORK_COUNT] = {
#define LIFE(name, takes, gives, doc)
#define FACT(name, takes, gives, implied, doc)
#define WORK(name, takes, gives, cut, doc) [WORK_##name] = WORK_##cut,
#include "callbacks.def"
#undef LIFE
#undef FACT
#undef WORK
};

static bool defines (const struct device_type *type, enum work work) {
    return work != WORK_none && type->work[work];
}

/* Would falling through be wrong? */
static bool is_cut (const struct device_type *type, enum work work) {
    return !type->work[work] && !(type->passes & 1u << work) && defines (type, cut_by[work]);
}

int facts_describe (struct facts *f, const char *text) {
    char *copy = text ? strdup (text) : NULL;

    if (text && !copy)
        return -ENOMEM;
    free (f->export_description);
    f->export_description = copy;
    return 0;
}

static void facts_clear (struct facts *f) {
    free (f->export_description);
    for (char **c = f->contexts; c && *c; c++)
        free (*c);
    free (f->contexts);
}

static char **copy_words (char **words) {
    size_t n = 0;
    char **copy;

    while (words[n])
        n++;
    if (!(copy = calloc (n + 1, sizeof *copy)))
        return NULL;
    for (size_t i = 0; i < n; i++)
        if (!(copy[i] = strdup (words[i]))) {
            while (i > 0)
                free (copy[--i]);
            free (copy);
            return NULL;
        }
    return copy;
}

static int facts_inherit (struct facts *f, const struct facts *below) {
    *f = *below;
    f->export_description = NULL;
    f->contexts = NULL;
    if (facts_describe (f, below->export_description) < 0)
        return -ENOMEM;
    if (below->contexts && !(f->contexts = copy_words (below->contexts)))
        return -ENOMEM;
    return 0;
}

/* With nothing below, a fact follows from what the type defines. */
static void facts_imply (struct facts *f, const struct device_type *type) {
    const struct callback *row;

    for (row = callbacks; row->name; row++) {
        void *field = (char *) f + row->field;
        if (row->kind != KIND_FACT || !defines (type, row->other))
            continue;
        if (row->gives == 'b')
            *(bool *) field = true;
        if (row->gives == 'e')
            *(enum support *) field =
                row->other == WORK_flush ? SUPPORT_EMULATE : SUPPORT_NATIVE;
    }
    f->can_fast_zero = !defines (type, WORK_zero);
}

/* What the type cut off is no longer what the device below says of it. */
static void facts_cut (struct facts *f, const struct device_type *type) {
    if (is_cut (type, WORK_trim))
        f->can_trim = false;
    if (is_cut (type, WORK_zero)) {
        f->can_zero = false;
        f->can_fast_zero = true; /* it fails fast */
    }
    if (is_cut (type, WORK_extents))
        f->can_extents = false;
    if (is_cut (type, WORK_cache) && f->can_cache != SUPPORT_NONE)
        f->can_cache = SUPPORT_EMULATE;
}

static bool power_of_two (uint32_t n) {
    return n && !(n & (n - 1));
}

static int facts_check (const struct device *d, struct error *error) {
    const struct block_size *b = &d->facts.block_size;

    if (d->facts.get_size > DEVICE_SIZE_MAX)
        return error_set (error, EFBIG, "%s: a size of %ju bytes is more than 2^63-1",
                          d->type->name, (uintmax_t) d->facts.get_size);
    if (b->minimum == 0 && b->preferred == 0 && b->maximum == 0)
        return 0;
    if (!power_of_two (b->minimum) || b->minimum > 65536)
        return error_set (error, EINVAL,
                          "%s: minimum block size %u is not a power of two up to 65536",
                          d->type->name, b->minimum);
    if (!power_of_two (b->preferred) || b->preferred < 512 || b->preferred > 32 << 20 ||
        b->preferred < b->minimum)
        return error_set (error, EINVAL,
                          "%s: preferred block size %u is not a power of two from 512 (and "
                          "the minimum) to 32M",
                          d->type->name, b->preferred);
    if (b->maximum < b->preferred || (b->maximum != UINT32_MAX && b->maximum % b->minimum))
        return error_set (error, EINVAL,
                          "%s: maximum block size %u is below the preferred one or not a "
                          "multiple of the minimum",
                          d->type->name, b->maximum);
    return 0;
}

static int settle_facts (struct device *d, struct error *error) {
    struct facts *f = &d->facts;
    int r;

    if (d->below) {
        if (facts_inherit (f, &d->below->facts) < 0)
            return error_set (error, ENOMEM, "%s: out of memory", d->type->name);
        facts_cut (f, d->type);
    } else {
        facts_imply (f, d->type);
    }
    if (d->type->facts && (r = d->type->facts (d, f, error)) < 0)
        return error_set (error, -r, "%s: its size and abilities cannot be told",
                          d->type->name);
    return facts_check (d, error);
}

/* Do the facts say that the device's own way is not to be used? */
static bool denied (const struct facts *f, enum work work) {
    return (work == WORK_zero && !f->can_zero) || (work == WORK_extents && !f->can_extents) ||
           (work == WORK_cache && f->can_cache != SUPPORT_NATIVE);
}

/* Does this device's floor answer, whatever it or the device below defines? */
static bool stands_on_floor (const struct device *d, enum work work) {
    if (is_cut (d->type, work))
        return true;
    if (!denied (&d->facts, work))
        return !d->below && !d->type->work[work];
    return !d->below || d->type->work[work] || !denied (&d->below->facts, work);
}

/* A slot copied from below would lose what the front door does there: FUA by a flush. */
static bool wants_front_door (const struct device *d) {
    return d->facts.can_fua == SUPPORT_NATIVE && d->below->facts.can_fua != SUPPORT_NATIVE;
}

static void settle_slot (struct device *d, enum work work) {
    struct slot *slot = &d->slots[work];

    if (stands_on_floor (d, work))
        *slot = (struct slot){floor_work[work], d};
    else if (d->type->work[work])
        *slot = (struct slot){work == WORK_zero && d->type->may_refuse_zero
                                  ? floor_try_zero
                                  : d->type->work[work],
                              d};
    else if (wants_front_door (d))
        *slot = (struct slot){device_start, d->below};
    else
        *slot = d->below->slots[work];
}

struct device *device_new (const struct device_type *type, void *state, struct device *below,
                           struct host *host, struct error *error) {
    struct device *d = calloc (1, sizeof *d);

    if (!d) {
        error_set (error, ENOMEM, "%s: out of memory", type->name);
        device_unref (below);
        return NULL;
    }
    *d = (struct device){.type = type,
                         .state = state,
                         .below = below,
                         .host = host,
                         .may_block = type->may_block || (below && below->may_block),
                         .may_take_long =
                             type->may_take_long || (below && below->may_take_long),
                         .references = 1};
    if (settle_facts (d, error) < 0) {
        facts_clear (&d->facts);
        device_unref (below);
        free (d);
        return NULL;
    }
    for (enum work w = 0; w < WORK_COUNT; w++)
        settle_slot (d, w);
    return d;
}

struct device *device_ref (struct device *d) {
    d->references++;
    return d;
}

void device_unref (struct device *d) {
    while (d && --d->references == 0) {
        struct device *below = d->below;
        if (d->type->close)
            d->type->close (d);
        facts_clear (&d->facts);
        free (d);
        d = below;
    }
}

static int start (struct device *d, struct request *r) {
    const struct slot *slot = &d->slots[r->work];

    if ((r->flags & REQUEST_FUA) && d->facts.can_fua == SUPPORT_EMULATE)
        return floor_fua (d, r);
    return slot->run (slot->device, r);
}

void device_lend_room (struct device *d, struct request *r) {
    const struct slot *slot = &d->slots[WORK_pwrite];
    const struct device_type *type = slot->device->type;

    if (r->loans && type->lend_room && slot->run == type->work[WORK_pwrite])
        type->lend_room (slot->device, r);
}

int device_start (struct device *d, struct request *r) {
    return hostile_keeps (d, r, start) ? LATER : start (d, r);
}
