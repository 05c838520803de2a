/* SPDX-License-Identifier: BSD-3-Clause */
/* parts.c: a request passed on in parts, each to some device at some offset.
 *
 * Knows which part of each kind of request is a pointer into the parent's data, and which
 * is a result that has to be moved; where a part goes is its user's choice. */
#include "parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void collect_holes (struct parts *p) {
    for (uint32_t i = 0; i < p->holes.n; i++)
        request_hole (p->sequence.parent,
                      p->start - p->sequence.parent->offset + p->holes.v[i].start,
                      p->holes.v[i].length);
}

static int collect_extents (struct parts *p) {
    struct extents *to = p->sequence.parent->extents;
    uint64_t first = p->sequence.child.offset, count = p->sequence.child.count;
    int result = 0;

    for (size_t i = 0; i < p->extents.n && result == 0; i++) {
        struct extent *e = &p->extents.v[i];
        result = extents_add (to, p->start + (e->offset - first), e->length, e->type);
    }
    /* One that stopped early has answered less than it was asked; a gap would follow. */
    if (result == 0 && p->extents.next < first + count)
        result = 1;
    extents_clear (&p->extents);
    return result;
}

/* The part under way is done.  0 go on; 1 no more is wanted; -errno. */
static int collect (struct parts *p) {
    p->under_way = false;
    switch (p->sequence.child.work) {
    case WORK_pread: collect_holes (p); return 0;
    case WORK_extents: return collect_extents (p);
    default: return 0;
    }
}

/* Point the child at its share of the parent's data.  The only part notes holes where the
 * parent wants them; others have a little room of their own. */
static void share (struct parts *p) {
    struct request *child = &p->sequence.child, *parent = p->sequence.parent;
    bool only = child->count == parent->count;

    switch (child->work) {
    case WORK_pread:
        child->data = (char *) parent->data + (p->start - parent->offset);
        p->holes = (struct holes){.v = p->hole, .room = PARTS_HOLES};
        child->holes = only || !parent->holes ? parent->holes : &p->holes;
        break;
    case WORK_pwrite:
        child->payload = (const char *) parent->payload + (p->start - parent->offset);
        break;
    case WORK_extents:
        extents_init (&p->extents, child->offset, child->count,
                      parent->flags & REQUEST_REQ_ONE);
        child->extents = &p->extents;
        child->context = parent->context;
        break;
    default: break;
    }
}

/* Place parts until one of them is to be done.  1 there is one; 0 that was all; -errno. */
static int place_next (struct parts *p) {
    struct sequence *s = &p->sequence;
    uint64_t left;
    int result;

    while ((left = s->parent->offset + s->parent->count - p->at) > 0) {
        if ((result = p->place (p, left)) < 0)
            return result;
        p->start = p->at;
        p->at += s->child.count;
        if (s->device)
            return 1;
    }
    return 0;
}

static int parts_next (struct sequence *s) {
    struct parts *p = container_of (s, struct parts, sequence);
    struct request *parent = s->parent;
    int result = p->under_way ? collect (p) : 0;

    if (result < 0)
        return request_error (parent, -result, "%s: what its parts answer does not fit: %s",
                              p->owner->type->name, strerror (-result));
    s->child.work = parent->work;
    s->child.flags = parent->flags;
    if (result > 0 || (result = place_next (p)) <= 0)
        return result < 0 ? result : 0;
    p->under_way = true;
    share (p);
    return 1;
}

static int parts_finish (struct sequence *s, int result) {
    struct parts *p = container_of (s, struct parts, sequence);

    if (result < 0 && s->child.error_at) {
        s->parent->error_at = true;
        s->parent->error_offset = p->start + (s->child.error_offset - s->child.offset);
    }
    extents_clear (&p->extents);
    free (p);
    return result;
}

int parts_start (struct device *owner, struct request *parent,
                 int (*place) (struct parts *, uint64_t left)) {
    struct parts *p = malloc (sizeof *p);

    if (!p)
        return request_error (parent, ENOMEM, "%s: out of memory", owner->type->name);
    p->owner = owner;
    p->at = parent->offset;
    p->under_way = false;
    p->place = place;
    p->holes.n = 0;
    p->extents = (struct extents){.v = NULL};
    return sequence_start (&p->sequence, parent, owner, parts_next, parts_finish);
}
