/* SPDX-License-Identifier: BSD-3-Clause */
/* rope.c: bytes that are described, not kept: literals, fills, repeats, devices, and rows
 * of these, read-only.
 *
 * Nothing is ever expanded: a read walks down to the bytes it wants.  So a rope takes the
 * memory of its description, whatever its size, and can be read by any number of
 * threads. */
#include "rope.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "primitives.h"

int rope_grow (void **v, size_t n, size_t *room, size_t each) {
    size_t more = *room ? *room * 2 : 16;
    void *moved;

    if (n < *room)
        return 0;
    if (more > SIZE_MAX / each || !(moved = realloc (*v, more * each)))
        return -ENOMEM;
    *v = moved;
    *room = more;
    return 0;
}

int rope_add (struct rope *rope, struct rope_node node) {
    if (rope->n_nodes >= UINT32_MAX ||
        rope_grow ((void **) &rope->nodes, rope->n_nodes, &rope->room_nodes,
                   sizeof *rope->nodes) < 0)
        return -ENOMEM;
    rope->nodes[rope->n_nodes++] = node;
    return 0;
}

/* What is described is in memory, and devices look after their own. */
static int rope_cache (struct device *d, struct request *r) {
    (void) d, (void) r;
    return 0;
}

static int rope_facts (struct device *d, struct facts *f, struct error *error) {
    struct rope *rope = d->state;

    (void) error;
    f->get_size = rope->nodes[rope->n_nodes - 1].size;
    f->block_size =
        (struct block_size){.minimum = 1, .preferred = 4096, .maximum = UINT32_MAX};
    f->can_multi_conn = true;
    return 0;
}

static void rope_free (struct rope *rope) {
    for (size_t i = 0; i < rope->n_devices; i++)
        device_unref (rope->devices[i]);
    free (rope->devices);
    free (rope->bytes);
    free (rope->segments);
    free (rope->nodes);
    free (rope);
}

static void rope_close (struct device *d) {
    rope_free (d->state);
}

static const struct device_type rope_type = {
    .name = "rope",
    .work =
        {
            [WORK_pread] = rope_walk,
            [WORK_extents] = rope_walk,
            [WORK_cache] = rope_cache,
        },
    .facts = rope_facts,
    .close = rope_close,
};

/* A walk asks for whatever bytes it needs. */
static int take_device (struct rope *rope, struct device *d, struct error *error) {
    if (d->facts.block_size.minimum > 1)
        return error_set (error, EINVAL,
                          "rope: the device %zu only takes requests of %" PRIu32 " bytes",
                          rope->n_devices, d->facts.block_size.minimum);
    rope->devices[rope->n_devices++] = device_ref (d);
    return 0;
}

static int take_devices (struct rope *rope, const struct value *first, struct error *error) {
    size_t n = 0;

    for (const struct value *v = first; v && v->set; v = v->more)
        n++;
    if (!(rope->devices = calloc (n + 1, sizeof rope->devices[0])))
        return error_set (error, ENOMEM, "rope: out of memory");
    for (const struct value *v = first; v && v->set; v = v->more)
        if (take_device (rope, v->device, error) < 0)
            return -EINVAL;
    return 0;
}

struct device *rope_open (struct host *host, const struct arguments *a, struct error *error) {
    struct rope *rope = calloc (1, sizeof *rope);
    struct device *d;

    if (!rope) {
        error_set (error, ENOMEM, "rope: out of memory");
        return NULL;
    }
    if (take_devices (rope, arguments_get (a, "device"), error) < 0 ||
        rope_parse (rope, arguments_get (a, "plan")->s, error) < 0 ||
        !(d = device_new (&rope_type, rope, NULL, host, error))) {
        rope_free (rope);
        return NULL;
    }
    for (size_t i = 0; i < rope->n_devices; i++)
        d->may_block |= rope->devices[i]->may_block;
    return d;
}
