/* SPDX-License-Identifier: BSD-3-Clause */
/* A filter that lets time pass before each read, and counts who sleeps at once in the file
 * "calls".  It looks at each `cache`, and hands it on: some at once, some later. */
#include "native.h"

#include <stdatomic.h>

static const struct stele_parameter parameters[] = {
    {.name = "delay", .type = "delay", .fallback = "200ms", .doc = "before each read"},
    {.name = NULL},
};

static atomic_int asleep, most;

static int wake (struct stele_request *r, struct stele_request *copy, int result, void *of) {
    (void) r, (void) copy, (void) of;
    asleep--;
    return result < 0 ? result : STELE_PASS;
}

static int sleep_first (void *next, struct stele_request *r) {
    int now = ++asleep;

    (void) next;
    if (now > most)
        most = now;
    return stele_request_sleep (r, stele_parameter_size ("delay"), wake, NULL);
}

static int cache (void *next, struct stele_request *r) {
    (void) next;
    return r->offset ? stele_request_sleep (r, 1000, NULL, NULL) : STELE_PASS;
}

static int close_one (void *handle) {
    (void) handle;
    note ("%d slept at once", most);
    return 0;
}

const struct stele_plugin stele_plugin = {
    STELE_PLUGIN,       .filter = true,       .parameters = parameters,
    .close = close_one, .pread = sleep_first, .cache = cache,
};
