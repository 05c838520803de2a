/* SPDX-License-Identifier: BSD-3-Clause */
/* rope_row.c: nodes side by side.
 *
 *     items      ├── a ──┤   ├─────── b ───────┤
 *                                 ├── c ──┤           c was given after b
 *     segments   a       0   b    c       b    0 ... to the row's size
 *
 * What covers what is found here, once, so that a walk only ever sees segments in their
 * order.  A row of one segment stands for the node itself wherever it is used, so that
 * rows in rows do not make a walk long. */
#include "rope.h"

#include <errno.h>
#include <stdlib.h>

/* Where rows of one segment lead. */
static void look_through (const struct rope *rope, uint32_t *node, uint64_t *skip) {
    const struct rope_node *n;

    while ((n = &rope->nodes[*node])->kind == ROPE_ROW && n->count == 1) {
        *skip += rope->segments[n->start].skip;
        *node = rope->segments[n->start].node;
    }
}

/* Would NODE from SKIP on be seen as the segment before it going on? */
static bool goes_on (const struct rope *rope, const struct rope_segment *before, uint64_t start,
                     uint32_t node, uint64_t skip) {
    const struct rope_node *a = &rope->nodes[before->node], *b = &rope->nodes[node];

    if (before->node == node && before->skip + (start - before->start) == skip)
        return true;
    return a->kind == ROPE_FILL && b->kind == ROPE_FILL && a->byte == b->byte;
}

static bool is_zero (const struct rope_node *node) {
    return node->kind == ROPE_FILL && node->byte == 0;
}

/* ROW's next segment begins at START.  Zeroes go by the node that has no end. */
static int append (struct rope *rope, struct rope_node *row, uint64_t start, uint32_t node,
                   uint64_t skip) {
    look_through (rope, &node, &skip);
    if (is_zero (&rope->nodes[node]))
        node = ROPE_ZERO;
    if (row->count > 0 &&
        goes_on (rope, &rope->segments[rope->n_segments - 1], start, node, skip))
        return 0;
    if (row->count == UINT32_MAX ||
        rope_grow ((void **) &rope->segments, rope->n_segments, &rope->room_segments,
                   sizeof *rope->segments) < 0)
        return -ENOMEM;
    rope->segments[rope->n_segments++] =
        (struct rope_segment){.start = start, .skip = skip, .node = node};
    row->count++;
    return 0;
}

/* The row is laid out: add it, or what it comes to. */
static int finish (struct rope *rope, struct rope_node *row) {
    const struct rope_segment *first;

    if (row->count == 0)
        return rope_add (rope, (struct rope_node){.kind = ROPE_FILL});
    first = &rope->segments[row->start];
    if (row->count == 1) {
        struct rope_node only = rope->nodes[first->node];
        bool whole = first->skip == 0 && only.size == row->size;
        if (whole || only.kind == ROPE_FILL) {
            only.size = row->size;
            rope->n_segments--;
            return rope_add (rope, only);
        }
    }
    for (uint32_t i = 0; i < row->count; i++) {
        const struct rope_node *n = &rope->nodes[first[i].node];
        uint64_t length = rope_segment_end (rope, row, i) - first[i].start;
        if (n->depth >= row->depth)
            row->depth = n->depth + 1;
        row->asks |= n->kind == ROPE_FILL ? n->byte == 0 && length >= ROPE_HOLE : n->asks;
    }
    return rope_add (rope, *row);
}

/* Items that cover the place that the layout has come to; the last one given is on top. */
struct pile {
    struct rope_item **v;
    size_t n;
};

static void pile_push (struct pile *p, struct rope_item *item) {
    size_t i = p->n++;

    for (; i > 0 && p->v[(i - 1) / 2]->order < item->order; i = (i - 1) / 2)
        p->v[i] = p->v[(i - 1) / 2];
    p->v[i] = item;
}

static void pile_pop (struct pile *p) {
    struct rope_item *moved = p->v[--p->n];
    size_t i = 0, child;

    while ((child = 2 * i + 1) < p->n) {
        if (child + 1 < p->n && p->v[child + 1]->order > p->v[child]->order)
            child++;
        if (p->v[child]->order < moved->order)
            break;
        p->v[i] = p->v[child];
        i = child;
    }
    p->v[i] = moved;
}

static uint64_t item_end (const struct rope *rope, const struct rope_item *item) {
    return item->at + rope->nodes[item->node].size;
}

/* Items are sorted by where they begin.  Go from left to right; what is on top of the pile
 * is seen until it ends or another one begins. */
static int lay_out (struct rope *rope, struct rope_node *row, struct rope_item *items, size_t n,
                    struct pile *pile) {
    uint64_t at = 0, next;
    size_t i = 0;
    int result = 0;

    while (at < row->size && result == 0) {
        for (; i < n && items[i].at <= at; i++)
            pile_push (pile, &items[i]);
        while (pile->n > 0 && item_end (rope, pile->v[0]) <= at)
            pile_pop (pile);
        next = i < n ? items[i].at : row->size;
        if (pile->n == 0) {
            result = append (rope, row, at, ROPE_ZERO, 0);
        } else {
            const struct rope_item *top = pile->v[0];
            if (item_end (rope, top) < next)
                next = item_end (rope, top);
            result = append (rope, row, at, top->node, at - top->at);
        }
        at = next;
    }
    return result;
}

static int by_place (const void *a, const void *b) {
    const struct rope_item *one = a, *other = b;

    if (one->at != other->at)
        return one->at < other->at ? -1 : 1;
    return one->order < other->order ? -1 : one->order > other->order;
}

static void sort (struct rope_item *items, size_t n) {
    for (size_t i = 1; i < n; i++)
        if (items[i - 1].at > items[i].at) {
            qsort (items, n, sizeof *items, by_place);
            return;
        }
}

int rope_row (struct rope *rope, uint64_t size, struct rope_item *items, size_t n) {
    struct rope_node row = {.kind = ROPE_ROW, .size = size, .start = rope->n_segments};
    struct pile pile = {.v = malloc ((n + 1) * sizeof pile.v[0])};
    int result;

    if (!pile.v)
        return -ENOMEM;
    sort (items, n);
    result = lay_out (rope, &row, items, n, &pile);
    free (pile.v);
    return result < 0 ? result : finish (rope, &row);
}

uint32_t rope_segment_at (const struct rope *rope, const struct rope_node *row,
                          uint64_t at) {
    const struct rope_segment *v = &rope->segments[row->start];
    uint32_t low = 0, high = row->count;

    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (v[middle].start <= at)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* Go down while all of the part lies within one child. */
static uint32_t narrow (const struct rope *rope, uint32_t node, uint64_t *start, uint64_t size) {
    for (;;) {
        const struct rope_node *n = &rope->nodes[node];
        if (n->kind == ROPE_TIMES && *start % n->start + size <= n->start) {
            *start %= n->start;
            node = n->of;
        } else if (n->kind == ROPE_ROW) {
            uint32_t i = rope_segment_at (rope, n, *start);
            const struct rope_segment *s = &rope->segments[n->start + i];
            if (*start + size > rope_segment_end (rope, n, i))
                return node;
            *start = *start - s->start + s->skip;
            node = s->node;
        } else {
            return node;
        }
    }
}

int rope_cut (struct rope *rope, uint32_t node, uint64_t start, uint64_t size) {
    struct rope_node row = {.kind = ROPE_ROW, .size = size, .start = rope->n_segments};

    if (size == 0)
        return rope_add (rope, (struct rope_node){.kind = ROPE_FILL});
    node = narrow (rope, node, &start, size);
    if (append (rope, &row, 0, node, start) < 0)
        return -ENOMEM;
    return finish (rope, &row);
}
