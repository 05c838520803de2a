/* SPDX-License-Identifier: BSD-3-Clause */
/* test-rope.c: random ropes against bytes that were really expanded, and plans that are
 * wrong, too large or too deep. */
#include "primitives.h"

#include <inttypes.h>
#include <stdarg.h>

enum { NODES = 12, BYTES = 20000, ROOM = 4096 };

/* What the node with this number ought to be. */
struct expected {
    unsigned char *bytes;
    uint64_t size;
};

struct making {
    char plan[NODES * ROOM];
    struct expected nodes[NODES + 1];
    struct device *devices[NODES];
    unsigned n, n_devices;
    uint64_t random;
};

static uint64_t any (struct making *m, uint64_t below) {
    return random_next (&m->random) % below;
}

static void write_plan (struct making *m, const char *format, ...)
    __attribute__ ((format (printf, 2, 3)));
static void write_plan (struct making *m, const char *format, ...) {
    size_t n = strlen (m->plan);
    va_list args;

    va_start (args, format);
    vsnprintf (m->plan + n, sizeof m->plan - n, format, args);
    va_end (args);
}

/* A node that is known, or zero without end; of the latter no more than fits is used. */
static unsigned some_node (struct making *m) {
    return 1 + any (m, m->n);
}

static struct expected *new_node (struct making *m, uint64_t size) {
    struct expected *e = &m->nodes[++m->n];

    *e = (struct expected){.bytes = calloc (1, size + 1), .size = size};
    return e;
}

static void make_bytes (struct making *m) {
    struct expected *e = new_node (m, any (m, 40));
    unsigned kind = any (m, 3);

    write_plan (m, "bytes ");
    for (uint64_t i = 0; i < e->size; i++) {
        e->bytes[i] = kind == 0 ? 7 : kind == 1 ? 0 : any (m, 256);
        write_plan (m, "%02x", e->bytes[i]);
    }
}

static void make_fill (struct making *m) {
    struct expected *e = new_node (m, any (m, 3000));
    unsigned byte = any (m, 2) ? 0 : any (m, 256);

    memset (e->bytes, byte, e->size);
    write_plan (m, "fill %u %" PRIu64, byte, e->size);
}

static void make_device_node (struct making *m) {
    struct expected *e = new_node (m, any (m, 5000) + 1);
    char size[32];

    snprintf (size, sizeof size, "%" PRIu64, e->size);
    struct device *d = MAKE ("ram", GIVE ("size", size));
    for (uint64_t i = e->size / 2; i < e->size; i++)
        e->bytes[i] = any (m, 256);
    CHECK_EQ (device_pwrite (d, e->bytes, e->size, 0, 0, NULL), 0);
    write_plan (m, "device %u", m->n_devices);
    m->devices[m->n_devices++] = any (m, 2) ? make_late (d) : d;
}

static void make_times (struct making *m) {
    unsigned node = some_node (m);
    struct expected of = m->nodes[node];
    uint64_t times = any (m, 50);

    while (times * of.size > BYTES)
        times /= 2;
    struct expected *e = new_node (m, times * of.size);
    for (uint64_t i = 0; i < times; i++)
        memcpy (e->bytes + i * of.size, of.bytes, of.size);
    write_plan (m, "times %u %" PRIu64, node, times);
}

static void make_cut (struct making *m) {
    unsigned node = some_node (m);
    struct expected of = m->nodes[node];
    uint64_t start = any (m, of.size + 1), size = any (m, of.size - start + 1);
    struct expected *e = new_node (m, size);

    memcpy (e->bytes, of.bytes + start, size);
    write_plan (m, "cut %u %" PRIu64 " %" PRIu64, node, start, size);
}

static void make_row (struct making *m) {
    unsigned items = any (m, 8);
    struct expected *e = new_node (m, BYTES);

    m->n--; /* it cannot be made of itself */
    write_plan (m, "row %d", BYTES);
    for (unsigned i = 0; m->n > 0 && i < items; i++) {
        unsigned node = some_node (m);
        struct expected of = m->nodes[node];
        uint64_t at = any (m, 2) ? any (m, BYTES - of.size + 1) : any (m, 100);
        if (at > BYTES - of.size)
            at = 0;
        memcpy (e->bytes + at, of.bytes, of.size);
        write_plan (m, " %u@%" PRIu64, node, at);
    }
    m->n++;
}

static void make_node (struct making *m) {
    static void (*const kinds[]) (struct making *) = {
        make_bytes, make_fill, make_device_node, make_times, make_cut, make_row, make_row,
    };

    kinds[any (m, m->n == 0 ? 3 : 7)](m);
    write_plan (m, "\n");
}

static void compare (struct device *d, const struct expected *e, struct making *m) {
    struct model model = {.device = d,
                          .bytes = e->bytes,
                          .scratch = malloc (e->size + 1),
                          .size = e->size,
                          .random = m->random};

    CHECK_EQ (d->facts.get_size, e->size);
    for (unsigned i = 0; i < 20 && e->size > 0; i++) {
        uint64_t offset, count;
        model_range (&model, &offset, &count);
        model_read (&model, offset, count);
        model_extents (&model, offset, count);
    }
    if (e->size > 0) {
        model_read (&model, 0, e->size);
        model_extents (&model, 0, e->size);
    }
    free (model.scratch);
}

static void random_rope (uint64_t seed) {
    struct making *m = calloc (1, sizeof *m);
    struct given given[NODES + 2] = {{.name = "plan", .text = m->plan}};

    m->random = seed;
    for (unsigned wanted = 1 + any (m, NODES - 1); m->n < wanted;)
        make_node (m);
    for (unsigned i = 0; i < m->n_devices; i++)
        given[i + 1] = (struct given){.name = "device", .device = m->devices[i]};
    struct device *d = make_device ("rope", given);
    CHECK (d);
    if (d)
        compare (d, &m->nodes[m->n], m);
    else
        fprintf (stderr, "%s\n%s\n", last_error.text, m->plan);
    device_unref (d);
    for (unsigned i = 1; i <= m->n; i++)
        free (m->nodes[i].bytes);
    free (m);
}

static struct device *rope (const char *plan) {
    return MAKE ("rope", GIVE ("plan", plan));
}

static void refuses (const char *plan, const char *why) {
    struct device *d = rope (plan);

    CHECK (!d);
    if (!d && !strstr (last_error.text, why))
        fprintf (stderr, "'%s' is not in: %s\n", why, last_error.text);
    CHECK (!d && strstr (last_error.text, why));
    device_unref (d);
}

static void wrong_plans (void) {
    refuses ("", "empty");
    refuses ("\n \n", "empty");
    refuses ("bites 00", "is wanted");
    refuses ("bytes 0", "half a byte");
    refuses ("bytes 0g", "half a byte");
    refuses ("bytes gg", "goes on");
    refuses ("fill 256 1", "too large");
    refuses ("fill 1", "a number is wanted");
    refuses ("fill 1 9223372036854775808", "too large");
    refuses ("fill 1 99999999999999999999999", "too large");
    refuses ("times 1 1", "too large");
    refuses ("bytes 00\ntimes 2 1", "node 2 of the plan");
    refuses ("bytes 0001\ntimes 1 4611686018427387904", "2^63-1");
    refuses ("times 0 2", "2^63-1");
    refuses ("bytes 0001\ncut 1 3 0", "too large");
    refuses ("bytes 0001\ncut 1 1 2", "too large");
    refuses ("bytes 0001\nrow 1 1@0", "longer than the row");
    refuses ("bytes 0001\nrow 5 1@4", "too large");
    refuses ("bytes 0001\nrow 5 1", "'@' is wanted");
    refuses ("device 0", "no such device");
}

static void large (void) {
    struct device *d = rope ("bytes 55aa\ntimes 1 4611686018427387903");
    unsigned char data[70000];

    CHECK (d && d->facts.get_size == UINT64_MAX / 2 - 1);
    CHECK_EQ (device_pread (d, data, sizeof data, (UINT64_C (1) << 62) + 1, NULL), 0);
    for (unsigned i = 0; i < sizeof data; i++)
        if (data[i] != (i % 2 ? 0x55 : 0xaa)) {
            CHECK (!"the pattern goes on");
            break;
        }
    device_unref (d);
}

/* Each node is a row of the one before it and a byte. */
static void deep (void) {
    enum { DEPTH = 100000 };
    char *plan = malloc (DEPTH * 60), *p = plan + sprintf (plan, "bytes 01\n");
    unsigned char *data = malloc (2 * DEPTH);

    for (int i = 1; i <= DEPTH; i++)
        p += sprintf (p, "row %d %d@1 1@0\n", i + 1, i);
    struct device *d = rope (plan);
    CHECK (d && d->facts.get_size == DEPTH + 1);
    CHECK_EQ (device_pread (d, data, DEPTH + 1, 0, NULL), 0);
    CHECK (data[0] == 1 && data[DEPTH] == 1);
    device_unref (d);
    free (data);
    free (plan);
}

/* Extents of what is in small pieces are told as far as was looked, and can be gone on. */
static void pieces (void) {
    struct device *d = rope ("bytes 01\nrow 600 1@0\ntimes 2 100000000000\n");
    struct extents e;

    extents_init (&e, 600 * 1000, UINT64_C (1) << 40, false);
    CHECK_EQ (device_extents (d, &e, NULL), 0);
    CHECK (e.n > 1000 && e.v[0].length == 1 && e.v[1].length == 599 &&
           e.v[1].type == (EXTENT_HOLE | EXTENT_ZERO));
    extents_clear (&e);
    device_unref (d);
}

int main (void) {
    start_pool ();
    for (uint64_t seed = 1; seed <= 400; seed++)
        random_rope (seed);
    wrong_plans ();
    large ();
    deep ();
    pieces ();
    stop_pool ();
    return check_result ();
}
