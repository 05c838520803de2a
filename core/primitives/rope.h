/* SPDX-License-Identifier: BSD-3-Clause */
/* rope.h: what the parts of the rope primitive share.
 *
 * A rope is nodes in one array, each made of nodes before it, so that a node may be used
 * many times and nothing goes in circles:
 *
 *     nodes     0 ── 1 ── 2 ── 3 ── ... ── the last one is the whole
 *     segments  a row's, sorted, without gaps: where each begins, and in which node
 *     bytes     of all literals
 *
 * rope_plan.c reads the nodes from text, rope_row.c lays out rows, rope_walk.c reads what
 * they mean, rope.c is the device.  For these only. */
#ifndef STELE_ROPE_H
#define STELE_ROPE_H

#include "../device.h"

enum rope_kind { ROPE_BYTES, ROPE_FILL, ROPE_DEVICE, ROPE_TIMES, ROPE_ROW, ROPE_KINDS };

enum { ROPE_ZERO = 0 };  /* the node that is zero, as long as a disk can be */
enum { ROPE_HOLE = 512 }; /* bytes; zeroes fewer than this are told as data */

struct rope_node {
    uint64_t size;
    uint64_t start;  /* BYTES: its first one.  ROW: its first segment.  TIMES: its period */
    uint32_t count;  /* ROW: how many segments, at least one */
    uint32_t of;     /* TIMES: the node.  DEVICE: its number */
    uint32_t depth;  /* how many frames a walk through it needs */
    unsigned char byte; /* FILL */
    bool asks;       /* its extents are not all data, or not known */
    enum rope_kind kind;
};

struct rope_segment {
    uint64_t start; /* in the row; it ends where the next one starts */
    uint64_t skip;  /* where in the node */
    uint32_t node;
};

struct rope {
    struct rope_node *nodes;
    struct rope_segment *segments;
    unsigned char *bytes;
    size_t n_nodes, room_nodes, n_segments, room_segments, n_bytes, room_bytes;
    struct device **devices; /* references, ours */
    size_t n_devices;
};

/* Make room for one more of what V points to.  0 or -ENOMEM. */
int rope_grow (void **v, size_t n, size_t *room, size_t each);

/* Add a node; the rope's number of nodes was its own.  0 or -ENOMEM. */
int rope_add (struct rope *, struct rope_node);

/* Add a row of SIZE bytes, zero where no item lies; where items overlap the later one is
 * seen.  ITEMS is sorted anew.  0 or -ENOMEM. */
struct rope_item {
    uint64_t at;
    uint32_t node, order;
};
int rope_row (struct rope *, uint64_t size, struct rope_item *items, size_t n);

/* Add the part of NODE that lies there.  0 or -ENOMEM. */
int rope_cut (struct rope *, uint32_t node, uint64_t start, uint64_t size);

/* The index of the segment of ROW in which AT lies. */
uint32_t rope_segment_at (const struct rope *, const struct rope_node *row, uint64_t at);

/* The nodes that PLAN describes.  0 or -errno with a sentence. */
int rope_parse (struct rope *, const char *plan, struct error *);

/* pread and extents */
work_fn rope_walk;

/* Where the segment with this index ends. */
static inline uint64_t rope_segment_end (const struct rope *rope, const struct rope_node *row,
                                         uint32_t index) {
    return index + 1 < row->count ? rope->segments[row->start + index + 1].start : row->size;
}

#endif
