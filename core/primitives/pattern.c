/* SPDX-License-Identifier: BSD-3-Clause */
/* pattern.c: every 8 bytes read as their own offset, big endian.
 *
 * Read-only; for testing clients and filters, which can tell from any byte of a read
 * whether it came from the right place. */
#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "primitives.h"

struct pattern {
    uint64_t size;
};

static int pattern_pread (struct device *d, struct request *r) {
    char *data = r->data;

    (void) d;
    for (uint64_t done = 0; done < r->count;) {
        uint64_t offset = r->offset + done, skip = offset % 8;
        uint64_t word = htobe64 (offset - skip);
        uint64_t n = 8 - skip < r->count - done ? 8 - skip : r->count - done;
        memcpy (data + done, (char *) &word + skip, n);
        done += n;
    }
    return 0;
}

static int pattern_nothing (struct device *d, struct request *r) {
    (void) d, (void) r;
    return 0;
}

static int pattern_facts (struct device *d, struct facts *f, struct error *error) {
    struct pattern *pattern = d->state;

    (void) error;
    f->get_size = pattern->size;
    f->block_size =
        (struct block_size){.minimum = 1, .preferred = 4096, .maximum = UINT32_MAX};
    f->can_multi_conn = true;
    return 0;
}

static void pattern_close (struct device *d) {
    free (d->state);
}

static const struct device_type pattern_type = {
    .name = "pattern",
    .work = {[WORK_pread] = pattern_pread, [WORK_cache] = pattern_nothing},
    .facts = pattern_facts,
    .close = pattern_close,
};

struct device *pattern_open (struct host *host, const struct arguments *a,
                             struct error *error) {
    struct pattern *pattern = malloc (sizeof *pattern);
    struct device *d;

    if (!pattern) {
        error_set (error, ENOMEM, "pattern: out of memory");
        return NULL;
    }
    pattern->size = arguments_get (a, "size")->u;
    d = device_new (&pattern_type, pattern, NULL, host, error);
    if (!d)
        free (pattern);
    return d;
}
