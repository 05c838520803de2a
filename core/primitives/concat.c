/* SPDX-License-Identifier: BSD-3-Clause */
/* concat.c: devices one after the other.
 *
 *     0 ── first ── start[1] ── second ── start[2] ── third ── size
 *
 * A request is passed on in parts (parts.h), most often in one, to where its bytes are.
 * What all of them can do, the whole can. */
#include <errno.h>
#include <stdlib.h>

#include "parts.h"
#include "primitives.h"

struct member {
    struct device *device; /* a reference, ours */
    uint64_t start, end;   /* in the whole */
};

struct concat {
    size_t n;
    struct member members[];
};

/* The member in which OFFSET lies, which is less than the whole's size. */
static const struct member *member_at (const struct concat *c, uint64_t offset) {
    size_t low = 0, high = c->n;

    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (c->members[middle].start <= offset)
            low = middle;
        else
            high = middle;
    }
    return &c->members[low];
}

/* A hint that this member does not take is passed over. */
static bool takes (const struct member *m, enum work work) {
    return work != WORK_trim || m->device->facts.can_trim;
}

static int place_in_member (struct parts *p, uint64_t left) {
    const struct member *m = member_at (p->owner->state, p->at);
    uint64_t room = m->end - p->at;

    p->sequence.device = takes (m, p->sequence.child.work) ? m->device : NULL;
    p->sequence.child.offset = p->at - m->start;
    p->sequence.child.count = left < room ? left : room;
    return 0;
}

static int concat_pass (struct device *d, struct request *r) {
    return parts_start (d, r, place_in_member);
}

/* Flushed one after another. */
struct flushes {
    struct sequence sequence;
    struct concat *concat;
    size_t next;
};

static int flushes_next (struct sequence *s) {
    struct flushes *f = container_of (s, struct flushes, sequence);

    while (f->next < f->concat->n) {
        s->device = f->concat->members[f->next++].device;
        if (!s->device->facts.can_flush)
            continue;
        s->child.work = WORK_flush;
        return 1;
    }
    return 0;
}

static int flushes_finish (struct sequence *s, int result) {
    free (container_of (s, struct flushes, sequence));
    return result;
}

static int concat_flush (struct device *d, struct request *r) {
    struct flushes *f = malloc (sizeof *f);

    if (!f)
        return request_error (r, ENOMEM, "concat: out of memory");
    f->concat = d->state;
    f->next = 0;
    return sequence_start (&f->sequence, r, d, flushes_next, flushes_finish);
}

static uint32_t greater (uint32_t a, uint32_t b) {
    return a > b ? a : b;
}

/* What suits all: a size that one says nothing about is no limit. */
static struct block_size merge_blocks (struct block_size a, struct block_size b) {
    if (a.maximum == 0 || b.maximum == 0)
        return a.maximum == 0 ? b : a;
    return (struct block_size){.minimum = greater (a.minimum, b.minimum),
                               .preferred = greater (a.preferred, b.preferred),
                               .maximum = a.maximum < b.maximum ? a.maximum : b.maximum};
}

static enum support weaker (enum support a, enum support b) {
    return a < b ? a : b;
}

static void merge_facts (struct facts *f, const struct facts *one) {
    f->block_size = merge_blocks (f->block_size, one->block_size);
    f->can_write &= one->can_write;
    f->can_flush |= one->can_flush;
    f->can_trim |= one->can_trim;
    f->can_zero |= one->can_zero;
    f->can_fast_zero &= one->can_fast_zero;
    f->can_extents |= one->can_extents;
    f->can_multi_conn &= one->can_multi_conn;
    f->is_rotational |= one->is_rotational;
    f->can_fua = weaker (f->can_fua, one->can_fua);
    f->can_cache = weaker (f->can_cache, one->can_cache);
}

static int concat_facts (struct device *d, struct facts *f, struct error *error) {
    struct concat *c = d->state;

    (void) error;
    *f = (struct facts){.get_size = c->members[c->n - 1].end,
                        .can_write = true,
                        .can_fast_zero = true,
                        .can_multi_conn = true,
                        .can_fua = SUPPORT_NATIVE,
                        .can_cache = SUPPORT_NATIVE};
    for (size_t i = 0; i < c->n; i++)
        merge_facts (f, &c->members[i].device->facts);
    if (f->can_fua != SUPPORT_NONE) /* each does it in its own way */
        f->can_fua = SUPPORT_NATIVE;
    if (f->can_cache != SUPPORT_NONE)
        f->can_cache = SUPPORT_NATIVE;
    if (f->block_size.maximum != UINT32_MAX && f->block_size.minimum)
        f->block_size.maximum -= f->block_size.maximum % f->block_size.minimum;
    if (f->block_size.maximum < f->block_size.preferred)
        f->block_size.preferred = greater (f->block_size.minimum, 512);
    return 0;
}

static void concat_free (struct concat *c) {
    for (size_t i = 0; i < c->n; i++)
        device_unref (c->members[i].device);
    free (c);
}

static void concat_close (struct device *d) {
    concat_free (d->state);
}

static const struct device_type concat_type = {
    .name = "concat",
    .work =
        {
            [WORK_pread] = concat_pass,
            [WORK_pwrite] = concat_pass,
            [WORK_flush] = concat_flush,
            [WORK_trim] = concat_pass,
            [WORK_zero] = concat_pass,
            [WORK_extents] = concat_pass,
            [WORK_cache] = concat_pass,
        },
    .facts = concat_facts,
    .close = concat_close,
};

static int concat_add (struct concat *c, struct device *device, struct error *error) {
    uint64_t start = c->n ? c->members[c->n - 1].end : 0;

    if (device->facts.get_size > DEVICE_SIZE_MAX - start)
        return error_set (error, EFBIG, "concat: together they have more than 2^63-1 bytes");
    c->members[c->n++] = (struct member){.device = device_ref (device),
                                         .start = start,
                                         .end = start + device->facts.get_size};
    return 0;
}

struct device *concat_open (struct host *host, const struct arguments *a,
                            struct error *error) {
    const struct value *first = arguments_get (a, "device");
    struct concat *c;
    struct device *d;
    size_t n = 0;

    for (const struct value *v = first; v; v = v->more)
        n++;
    if (!(c = calloc (1, sizeof *c + n * sizeof c->members[0]))) {
        error_set (error, ENOMEM, "concat: out of memory");
        return NULL;
    }
    for (const struct value *v = first; v; v = v->more)
        if (concat_add (c, v->device, error) < 0) {
            concat_free (c);
            return NULL;
        }
    if (!(d = device_new (&concat_type, c, NULL, host, error))) {
        concat_free (c);
        return NULL;
    }
    for (size_t i = 0; i < c->n; i++)
        d->may_block |= c->members[i].device->may_block;
    return d;
}
