/* SPDX-License-Identifier: BSD-3-Clause */
/* Fuzzes the plans of ropes: what is accepted can be read and asked for extents, and what
 * is told to be zero is. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "language.h"
#include "primitives/primitives.h"

const struct language *const languages[] = {NULL};

enum { PIECE = 10000 };

static void read_at (struct device *d, uint64_t offset) {
    static unsigned char data[PIECE];
    uint64_t size = d->facts.get_size, count = size - offset < PIECE ? size - offset : PIECE;
    struct extents e;

    if (count == 0)
        return;
    assert (device_pread (d, data, count, offset, NULL) == 0);
    extents_init (&e, offset, count, false);
    assert (device_extents (d, &e, NULL) == 0 && e.n > 0);
    for (size_t i = 0; i < e.n; i++)
        for (uint64_t at = e.v[i].offset; e.v[i].type && at < e.v[i].offset + e.v[i].length; at++)
            assert (data[at - offset] == 0);
    extents_clear (&e);
}

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size) {
    static struct host host = {.log.program = "fuzz"};
    const struct primitive *rope = primitive_find ("rope");
    struct error error = {0};
    struct arguments a;
    char *plan = strndup ((const char *) data, size);
    struct device *d = NULL;

    if (!plan || arguments_init (&a, rope->parameters) < 0) {
        free (plan);
        return 0;
    }
    if (arguments_give (&a, "fuzz", "plan", plan, &error) == 0)
        d = primitive_open (rope, &host, &a, &error);
    assert (!d == !!error.text[0]);
    if (d) {
        read_at (d, 0);
        read_at (d, d->facts.get_size / 2);
        read_at (d, d->facts.get_size - d->facts.get_size % PIECE);
    }
    device_unref (d);
    arguments_clear (&a);
    free (plan);
    return 0;
}
