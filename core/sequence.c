/* SPDX-License-Identifier: BSD-3-Clause */
/* sequence.c: one request done as several, one after another.
 *
 * The loop runs on the caller's thread while children answer at once, and is taken up
 * again by whichever thread finishes a child that answered LATER. */
#include "sequence.h"

static int sequence_go (struct sequence *s) {
    int result;

    while ((result = s->next (s)) == 1) {
        result = device_start (s->device, &s->child);
        if (result == LATER)
            return LATER; /* from here on S may be gone */
        if (result < 0)
            break;
    }
    return s->finish (s, result);
}

static void sequence_child_done (struct request *child, int result) {
    struct sequence *s = container_of (child, struct sequence, child);
    struct request *parent = s->parent;

    result = result < 0 ? s->finish (s, result) : sequence_go (s);
    if (result != LATER)
        request_done (parent, result);
}

int sequence_start (struct sequence *s, struct request *parent, struct device *device,
                    int (*next) (struct sequence *), int (*finish) (struct sequence *, int)) {
    s->parent = parent;
    s->device = device;
    s->next = next;
    s->finish = finish;
    s->child = (struct request){.error = parent->error,
                                .cancelled = parent->cancelled,
                                .done = sequence_child_done};
    return sequence_go (s);
}
