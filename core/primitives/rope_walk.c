/* SPDX-License-Identifier: BSD-3-Clause */
/* rope_walk.c: reading what a rope means, and telling where it is zero.
 *
 * A walk goes through the nodes that a range touches, from left to right.  The way down
 * is kept in frames, as many as the rope is deep, and not on C's stack: a rope may be a
 * hundred thousand nodes deep, and a device in it may answer LATER.
 *
 *     frames    row ─▶ times ─▶ row ─▶ (bytes, fill, device: no frame)
 *
 * A range that is longer than a repeat's period reads one period, from where it begins,
 * and copies that. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../sequence.h"
#include "rope.h"

enum {
    STEPS = 1 << 20,   /* after which extents are left at what was found */
    CHUNK = 128 << 10, /* bytes that are copied at once; they stay in the cache */
};

/* What a step comes to, where it is not 0 (go on) or -errno. */
enum {
    ASK = 1,  /* the child is ready to be sent */
    FULL = 2, /* no more extents are wanted */
};

/* What is left to do of one node. */
struct frame {
    uint32_t node;
    uint32_t segment; /* ROW: in which AT lies */
    uint64_t at, left;
    uint64_t copies; /* TIMES: bytes that are a copy of what will be read */
};

struct walk {
    struct sequence sequence;
    struct rope *rope;
    uint64_t done;  /* bytes of the request */
    uint64_t asked; /* bytes that the child is for; 0: there is none */
    uint32_t depth;
    uint32_t copying; /* frames that will copy: holes must be filled in */
    uint32_t steps;
    bool begun;
    struct extents extents; /* the child's */
    struct frame frames[];
};

static struct request *request_of (const struct walk *w) {
    return w->sequence.parent;
}

static unsigned char *place_of (struct walk *w) {
    return (unsigned char *) request_of (w)->data + w->done;
}

static int tell (struct walk *w, uint64_t count, uint32_t type) {
    struct request *r = request_of (w);
    int result = extents_add (r->extents, r->offset + w->done, count, type);

    w->done += count;
    return result > 0 || extents_full (r->extents) ? FULL : result;
}

static void push (struct walk *w, struct frame frame) {
    w->frames[w->depth++] = frame;
}

static bool is_reading (const struct walk *w) {
    return request_of (w)->work == WORK_pread;
}

static int enter_bytes (struct walk *w, uint32_t node, uint64_t at, uint64_t count) {
    const struct rope_node *n = &w->rope->nodes[node];

    memcpy (place_of (w), w->rope->bytes + n->start + at, count);
    w->done += count;
    return 0;
}

static int enter_fill (struct walk *w, uint32_t node, uint64_t at, uint64_t count) {
    const struct rope_node *n = &w->rope->nodes[node];

    (void) at;
    if (!is_reading (w))
        return tell (w, count,
                     n->byte == 0 && count >= ROPE_HOLE ? EXTENT_HOLE | EXTENT_ZERO : 0);
    if (n->byte == 0 && w->copying == 0)
        request_hole (request_of (w), w->done, count);
    else
        memset (place_of (w), n->byte, count);
    w->done += count;
    return 0;
}

/* What is more than a device takes at once is asked for next. */
static int enter_device (struct walk *w, uint32_t node, uint64_t at, uint64_t count) {
    struct device *device = w->rope->devices[w->rope->nodes[node].of];
    struct request *r = request_of (w), *child = &w->sequence.child;
    uint64_t most = device->facts.block_size.maximum;

    if (is_reading (w) && most > 0 && count > most) {
        push (w, (struct frame){.node = node, .at = at + most, .left = count - most});
        count = most;
    }
    w->asked = count;
    w->sequence.device = device;
    child->work = r->work;
    child->flags = r->flags;
    child->offset = at;
    child->count = count;
    child->holes = NULL;
    if (is_reading (w)) {
        child->data = place_of (w);
        if (count == r->count)
            child->holes = r->holes;
    } else {
        extents_init (&w->extents, at, count, r->flags & REQUEST_REQ_ONE);
        child->extents = &w->extents;
        child->context = NULL;
    }
    return ASK;
}

static int enter_times (struct walk *w, uint32_t node, uint64_t at, uint64_t count) {
    uint64_t period = w->rope->nodes[node].start;
    struct frame f = {.node = node, .at = at % period, .left = count};

    if (is_reading (w) && count > period) {
        f.left = period;
        f.copies = count - period;
        w->copying++;
    }
    push (w, f);
    return 0;
}

static int enter_row (struct walk *w, uint32_t node, uint64_t at, uint64_t count) {
    const struct rope_node *n = &w->rope->nodes[node];

    push (w, (struct frame){.node = node,
                            .at = at,
                            .left = count,
                            .segment = rope_segment_at (w->rope, n, at)});
    return 0;
}

static int (*const enter[ROPE_KINDS]) (struct walk *, uint32_t, uint64_t, uint64_t) = {
    [ROPE_BYTES] = enter_bytes, [ROPE_FILL] = enter_fill, [ROPE_DEVICE] = enter_device,
    [ROPE_TIMES] = enter_times, [ROPE_ROW] = enter_row,
};

static int walk_enter (struct walk *w, uint32_t node, uint64_t at, uint64_t count) {
    const struct rope_node *n = &w->rope->nodes[node];

    if (!is_reading (w) && n->kind != ROPE_FILL && !n->asks)
        return tell (w, count, 0);
    return enter[n->kind](w, node, at, count);
}

static int go_on_device (struct walk *w, struct frame *f) {
    struct frame rest = *f;

    w->depth--;
    return enter_device (w, rest.node, rest.at, rest.left);
}

static int go_on_times (struct walk *w, struct frame *f) {
    const struct rope_node *n = &w->rope->nodes[f->node];
    uint64_t at = f->at, room = n->start - at, count = f->left < room ? f->left : room;

    f->at = 0;
    f->left -= count;
    return walk_enter (w, n->of, at, count);
}

static int go_on_row (struct walk *w, struct frame *f) {
    const struct rope_node *n = &w->rope->nodes[f->node];
    const struct rope_segment *s = &w->rope->segments[n->start + f->segment];
    uint64_t room = rope_segment_end (w->rope, n, f->segment) - f->at,
             count = f->left < room ? f->left : room, at = f->at - s->start + s->skip;

    f->segment++;
    f->at += count;
    f->left -= count;
    return walk_enter (w, s->node, at, count);
}

static int (*const go_on[ROPE_KINDS]) (struct walk *, struct frame *) = {
    [ROPE_DEVICE] = go_on_device, [ROPE_TIMES] = go_on_times, [ROPE_ROW] = go_on_row,
};

/* One period has been read: it is copied, and what that gives, until it fills a chunk. */
static void copy (struct walk *w, uint64_t period, uint64_t count) {
    unsigned char *base = place_of (w) - period;
    uint64_t have = period, total = period + count, piece = period;

    while (have < total) {
        uint64_t n = piece < total - have ? piece : total - have;
        memcpy (base + have, base, n);
        have += n;
        if (piece < CHUNK)
            piece = have;
    }
    w->done += count;
}

static void finish_frame (struct walk *w) {
    struct frame *f = &w->frames[--w->depth];

    if (f->copies > 0) {
        copy (w, w->rope->nodes[f->node].start, f->copies);
        w->copying--;
    }
}

/* 0: all is done. */
static int walk_on (struct walk *w) {
    int result = 0;

    while (w->depth > 0 && result == 0) {
        struct frame *f = &w->frames[w->depth - 1];
        if (f->left == 0)
            finish_frame (w);
        else if (!is_reading (w) && ++w->steps > STEPS && w->done > 0)
            return FULL;
        else
            result = go_on[w->rope->nodes[f->node].kind](w, f);
    }
    return result;
}

/* The child has answered. */
static int collect (struct walk *w) {
    uint64_t asked = w->asked, first = w->sequence.child.offset;
    bool all = w->extents.next >= first + asked;
    int result = 0;

    w->asked = 0;
    if (is_reading (w)) {
        w->done += asked;
        return 0;
    }
    for (size_t i = 0; i < w->extents.n && result == 0; i++)
        result = tell (w, w->extents.v[i].length, w->extents.v[i].type);
    extents_clear (&w->extents);
    return result == 0 && !all ? FULL : result;
}

static int begin (struct walk *w) {
    const struct request *r = request_of (w);

    w->begun = true;
    return walk_enter (w, w->rope->n_nodes - 1, r->offset, r->count);
}

static int walk_next (struct sequence *s) {
    struct walk *w = container_of (s, struct walk, sequence);
    int result = w->asked ? collect (w) : w->begun ? 0 : begin (w);

    if (result == 0)
        result = walk_on (w);
    if (result < 0)
        return request_error (s->parent, -result, "rope: %s", strerror (-result));
    return result == ASK;
}

static int walk_finish (struct sequence *s, int result) {
    struct walk *w = container_of (s, struct walk, sequence);

    if (result < 0 && s->child.error_at) {
        s->parent->error_at = true;
        s->parent->error_offset =
            s->parent->offset + w->done + (s->child.error_offset - s->child.offset);
    }
    extents_clear (&w->extents);
    free (w);
    return result;
}

int rope_walk (struct device *d, struct request *r) {
    struct rope *rope = d->state;
    size_t frames = rope->nodes[rope->n_nodes - 1].depth + 1; /* one for a device's rest */
    struct walk *w;

    if (r->count == 0)
        return 0;
    if (!(w = malloc (sizeof *w + frames * sizeof w->frames[0])))
        return request_error (r, ENOMEM, "rope: out of memory");
    *w = (struct walk){.rope = rope};
    return sequence_start (&w->sequence, r, d, walk_next, walk_finish);
}
