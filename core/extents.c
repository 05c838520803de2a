/* SPDX-License-Identifier: BSD-3-Clause */
/* extents.c: a run of extents that grows from its start without gaps. */
#include "extents.h"

#include <errno.h>
#include <stdlib.h>

void extents_init (struct extents *e, uint64_t offset, uint64_t length, bool one) {
    *e = (struct extents){.start = offset, .end = offset + length, .next = offset, .one = one};
}

void extents_clear (struct extents *e) {
    free (e->v);
    e->v = NULL;
    e->n = e->room = 0;
}

static int extents_grow (struct extents *e) {
    size_t room = e->room ? e->room * 2 : 8;
    struct extent *v = realloc (e->v, room * sizeof *v);

    if (!v)
        return -ENOMEM;
    e->v = v;
    e->room = room;
    return 0;
}

int extents_add (struct extents *e, uint64_t offset, uint64_t length, uint32_t type) {
    uint64_t end;

    if (extents_full (e))
        return 1;
    if (__builtin_add_overflow (offset, length, &end))
        return -EOVERFLOW;
    if (end <= e->next)
        return 0; /* before the range, or empty */
    if (offset > e->next)
        return -ERANGE;
    if (end > e->end)
        end = e->end;
    if (e->n > 0 && e->v[e->n - 1].type == type) {
        e->v[e->n - 1].length += end - e->next;
    } else {
        if (e->n == e->room && extents_grow (e) < 0)
            return -ENOMEM;
        e->v[e->n++] = (struct extent){e->next, end - e->next, type};
    }
    e->next = end;
    return extents_full (e);
}
