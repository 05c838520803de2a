/* SPDX-License-Identifier: BSD-3-Clause */
/* request.c: the small life of one request: done, failed, partly a hole or lent. */
#include "request.h"

#include <string.h>

void request_done (struct request *r, int result) {
    r->done (r, result);
}

int request_error (struct request *r, int number, const char *format, ...) {
    va_list args;

    va_start (args, format);
    error_vset (r->error, number, format, args);
    va_end (args);
    return -number;
}

void request_hole (struct request *r, uint64_t start, uint64_t length) {
    struct holes *h = r->holes;

    if (length == 0)
        return;
    if (h && h->n > 0 && h->v[h->n - 1].start + h->v[h->n - 1].length == start)
        h->v[h->n - 1].length += length;
    else if (h && h->n < h->room)
        h->v[h->n++] = (struct hole){.start = start, .length = length};
    else
        memset ((char *) r->data + start, 0, length);
}

bool request_may_lend (const struct request *r) {
    return r->loans && r->loans->n < r->loans->room;
}

void request_lend (struct request *r, const struct loan *loan) {
    r->loans->v[r->loans->n++] = *loan;
}

void loans_give_back (struct loans *loans) {
    while (loans->n > 0) {
        struct loan *loan = &loans->v[--loans->n];
        loan->give_back (loan->of);
    }
}

void request_fill_holes (struct request *r) {
    if (!r->holes)
        return;
    for (uint32_t i = 0; i < r->holes->n; i++)
        memset ((char *) r->data + r->holes->v[i].start, 0, r->holes->v[i].length);
    r->holes->n = 0;
}
