/* SPDX-License-Identifier: BSD-3-Clause */
/* test-input.c: bytes that arrive, and the memory that they arrive in. */
#include "check.h"

#include <string.h>

#include "wire/input.h"

/* A transport that gives as much as there is room for, unless told otherwise. */
static size_t at_most, last_room;

static ssize_t give (struct transport *t, void *buffer, size_t room) {
    size_t n = at_most && at_most < room ? at_most : room;

    (void) t;
    last_room = room;
    memset (buffer, 'x', n);
    return (ssize_t) n;
}

static const struct transport_type generous = {.name = "generous", .recv = give};

/* What a rest has moved into a small slab grows out of it again. */
static void a_rest_does_not_make_input_small (struct slabs *slabs) {
    struct transport t = {.type = &generous};
    struct input in = {0};
    enum { WANT = SLAB_SMALL / 2 };

    at_most = 10;
    CHECK_EQ (input_receive (&in, &t, slabs, WANT), 10);
    input_rest (&in, slabs);
    CHECK_EQ (in.slab->capacity, SLAB_SMALL);
    at_most = 0;
    CHECK (input_receive (&in, &t, slabs, WANT) > 0);
    CHECK (last_room > SLAB_SMALL);
    CHECK (input_has (&in, WANT));
    CHECK (input_bytes (&in)[9] == 'x');
    input_clear (&in);
}

int main (void) {
    static struct slabs slabs;

    a_rest_does_not_make_input_small (&slabs);
    slabs_clear (&slabs);
    return check_result ();
}
