/* SPDX-License-Identifier: BSD-3-Clause */
/* rope_plan.c: a rope's description as text, a node a line:
 *
 *     bytes HEX                  fill BYTE SIZE          device NUMBER
 *     times NODE COUNT           cut NODE START SIZE     row SIZE NODE@OFFSET ...
 *
 * A line's node has the number of that line; node 0 is zero without end.  A node is made of
 * those before it, and the last one is the whole. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "rope.h"

struct reader {
    struct rope *rope;
    const char *at;
    struct error *error;
    struct rope_item *items; /* of the row that is being read; kept for the next one */
    size_t room;
};

static int fail (struct reader *r, const char *why) {
    size_t n = strcspn (r->at, "\n");

    return error_set (r->error, EINVAL, "rope: node %zu of the plan: %s at '%.*s'",
                      r->rope->n_nodes, why, n < 40 ? (int) n : 40, r->at);
}

static int fail_whole (struct reader *r, const char *why) {
    return error_set (r->error, EINVAL, "rope: node %zu of the plan: %s", r->rope->n_nodes,
                      why);
}

static int out_of_memory (struct reader *r) {
    return error_set (r->error, ENOMEM, "rope: out of memory");
}

static void skip_blanks (struct reader *r) {
    r->at += strspn (r->at, " \t");
}

static bool line_ends (struct reader *r) {
    skip_blanks (r);
    return *r->at == '\n' || *r->at == '\0';
}

static int read_number (struct reader *r, uint64_t most, uint64_t *number) {
    const char *p;

    skip_blanks (r);
    *number = 0;
    for (p = r->at; isdigit ((unsigned char) *p); p++) {
        unsigned digit = *p - '0';
        if (*number > (most - digit) / 10 || digit > most)
            return fail (r, "the number is too large");
        *number = *number * 10 + digit;
    }
    if (p == r->at)
        return fail (r, "a number is wanted");
    r->at = p;
    return 0;
}

static int read_node (struct reader *r, uint64_t *node) {
    return read_number (r, r->rope->n_nodes - 1, node);
}

static int added (struct reader *r, int result) {
    return result < 0 ? out_of_memory (r) : 0;
}

static int hex_digit (char c) {
    return isdigit ((unsigned char) c) ? c - '0' : tolower ((unsigned char) c) - 'a' + 10;
}

static int make_room (struct rope *rope, size_t n) {
    size_t room = 2 * (rope->n_bytes + n) + 1;
    unsigned char *bytes;

    if (rope->bytes && rope->room_bytes - rope->n_bytes >= n)
        return 0;
    if (!(bytes = realloc (rope->bytes, room)))
        return -ENOMEM;
    rope->bytes = bytes;
    rope->room_bytes = room;
    return 0;
}

/* Of the N bytes that lie behind the rope's.  All the same are a fill, and not kept. */
static struct rope_node literal (struct rope *rope, size_t n) {
    const unsigned char *bytes = rope->bytes + rope->n_bytes;

    if (n == 0 || memcmp (bytes, bytes + 1, n - 1) == 0)
        return (struct rope_node){.kind = ROPE_FILL, .size = n, .byte = n > 0 ? bytes[0] : 0};
    rope->n_bytes += n;
    return (struct rope_node){.kind = ROPE_BYTES, .size = n, .start = bytes - rope->bytes};
}

static int read_bytes (struct reader *r) {
    struct rope *rope = r->rope;
    unsigned char *to;
    size_t n;

    skip_blanks (r);
    for (n = 0; isxdigit ((unsigned char) r->at[n]); n++)
        ;
    if (n % 2)
        return fail (r, "half a byte is left over");
    if (make_room (rope, n / 2) < 0)
        return out_of_memory (r);
    to = rope->bytes + rope->n_bytes;
    for (size_t i = 0; i < n; i += 2)
        to[i / 2] = hex_digit (r->at[i]) << 4 | hex_digit (r->at[i + 1]);
    r->at += n;
    return added (r, rope_add (rope, literal (rope, n / 2)));
}

static int read_fill (struct reader *r) {
    uint64_t byte, size;

    if (read_number (r, 255, &byte) < 0 || read_number (r, DEVICE_SIZE_MAX, &size) < 0)
        return -EINVAL;
    return added (r, rope_add (r->rope, (struct rope_node){
                                            .kind = ROPE_FILL, .byte = byte, .size = size}));
}

static int read_device (struct reader *r) {
    uint64_t n;

    if (read_number (r, UINT32_MAX, &n) < 0)
        return -EINVAL;
    if (n >= r->rope->n_devices)
        return fail_whole (r, "there is no such device");
    return added (
        r, rope_add (r->rope, (struct rope_node){.kind = ROPE_DEVICE,
                                                 .of = n,
                                                 .asks = true,
                                                 .size = r->rope->devices[n]->facts.get_size}));
}

/* A fill or a repeat that is repeated is a longer one. */
static struct rope_node repeated (const struct rope *rope, uint32_t of, uint64_t times) {
    struct rope_node node = rope->nodes[of];
    uint64_t period = node.size;

    if (times == 1)
        return node;
    node.size = period * times;
    if (node.size == 0)
        return (struct rope_node){.kind = ROPE_FILL};
    if (node.kind == ROPE_FILL || node.kind == ROPE_TIMES)
        return node;
    return (struct rope_node){.kind = ROPE_TIMES,
                              .size = node.size,
                              .start = period,
                              .of = of,
                              .depth = node.depth + 1,
                              .asks = node.asks};
}

static int read_times (struct reader *r) {
    uint64_t node, times, size;

    if (read_node (r, &node) < 0 || read_number (r, UINT64_MAX, &times) < 0)
        return -EINVAL;
    size = r->rope->nodes[node].size;
    if (size > 0 && times > DEVICE_SIZE_MAX / size)
        return fail_whole (r, "it would have more than 2^63-1 bytes");
    return added (r, rope_add (r->rope, repeated (r->rope, node, times)));
}

static int read_cut (struct reader *r) {
    uint64_t node, start, size, whole;

    if (read_node (r, &node) < 0)
        return -EINVAL;
    whole = r->rope->nodes[node].size;
    if (read_number (r, whole, &start) < 0 || read_number (r, whole - start, &size) < 0)
        return -EINVAL;
    return added (r, rope_cut (r->rope, node, start, size));
}

/* NODE@OFFSET, the N-th of a row of SIZE bytes. */
static int read_item (struct reader *r, uint64_t size, size_t *n) {
    uint64_t node, at;

    if (read_node (r, &node) < 0)
        return -EINVAL;
    if (*r->at != '@')
        return fail (r, "'@' is wanted");
    r->at++;
    if (r->rope->nodes[node].size > size)
        return fail_whole (r, "an item is longer than the row");
    if (read_number (r, size - r->rope->nodes[node].size, &at) < 0)
        return -EINVAL;
    if (*n >= UINT32_MAX ||
        rope_grow ((void **) &r->items, *n, &r->room, sizeof r->items[0]) < 0)
        return out_of_memory (r);
    r->items[*n] = (struct rope_item){.at = at, .node = node, .order = *n};
    *n += r->rope->nodes[node].size > 0;
    return 0;
}

static int read_row (struct reader *r) {
    uint64_t size;
    size_t n = 0;
    int result;

    if (read_number (r, DEVICE_SIZE_MAX, &size) < 0)
        return -EINVAL;
    while (!line_ends (r))
        if ((result = read_item (r, size, &n)) < 0)
            return result;
    return added (r, rope_row (r->rope, size, r->items, n));
}

static const struct {
    const char *word;
    int (*read) (struct reader *);
} lines[] = {
    {"bytes", read_bytes}, {"fill", read_fill}, {"device", read_device},
    {"times", read_times}, {"cut", read_cut},   {"row", read_row},
};

static int read_line (struct reader *r) {
    size_t n = strcspn (r->at, " \t\n");

    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        if (n == strlen (lines[i].word) && memcmp (r->at, lines[i].word, n) == 0) {
            r->at += n;
            int result = lines[i].read (r);
            if (result < 0)
                return result;
            return line_ends (r) ? 0 : fail (r, "the line goes on");
        }
    return fail (r, "bytes, fill, device, times, cut or row is wanted");
}

int rope_parse (struct rope *rope, const char *plan, struct error *error) {
    struct reader r = {.rope = rope, .at = plan, .error = error};
    int result = added (
        &r, rope_add (rope, (struct rope_node){.kind = ROPE_FILL, .size = DEVICE_SIZE_MAX}));

    while (result == 0 && *r.at) {
        if (!line_ends (&r))
            result = read_line (&r);
        r.at += result == 0 && *r.at == '\n';
    }
    free (r.items);
    if (result == 0 && rope->n_nodes == 1)
        return error_set (error, EINVAL, "rope: the plan is empty");
    return result;
}
