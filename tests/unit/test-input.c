/* SPDX-License-Identifier: BSD-3-Clause */
/* test-input.c: bytes that arrive, and the memory that they arrive in. */
#include "check.h"

#include <string.h>

#include "wire/input.h"

/* A transport that gives as much as there is room for, unless told otherwise. */
static size_t at_most, last_room;

static ssize_t give (struct transport *t, const struct iovec *iov, int count) {
    size_t given = 0;

    (void) t;
    last_room = 0;
    for (int i = 0; i < count; i++) {
        size_t n = iov[i].iov_len;
        last_room += n;
        if (at_most && n > at_most - given)
            n = at_most - given;
        memset (iov[i].iov_base, 'x', n);
        given += n;
    }
    return (ssize_t) given;
}

static const struct transport_type generous = {.name = "generous", .recvv = give};

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

/* A payload that lies in pieces: some of it came with its header, the rest a little at a time. */
static void pieces_are_filled (struct slabs *slabs) {
    struct transport t = {.type = &generous};
    struct input in = {0};
    char room[20] = {0};
    struct iovec pieces[] = {{room + 1, 3}, {room + 5, 1}, {room + 7, 12}};

    at_most = 10;
    CHECK_EQ (input_receive (&in, &t, slabs, 5), 10);
    input_pass (&in, 5);
    input_fill (&in, pieces, 3);
    CHECK (!input_has (&in, 1));
    CHECK (memcmp (room, "\0xxx\0x\0x\0", 9) == 0);
    at_most = 7;
    CHECK_EQ (input_receive (&in, &t, slabs, 1), 7);
    CHECK_EQ (last_room, 11);
    CHECK (!input_has (&in, 0));
    CHECK_EQ (input_receive (&in, &t, slabs, 1), 4);
    CHECK (input_has (&in, 0) && !input_has (&in, 1));
    CHECK (memcmp (room + 7, "xxxxxxxxxxxx", 13) == 0);
    input_clear (&in);
}

int main (void) {
    static struct slabs slabs;

    pieces_are_filled (&slabs);
    a_rest_does_not_make_input_small (&slabs);
    slabs_clear (&slabs);
    return check_result ();
}
