/* SPDX-License-Identifier: BSD-3-Clause */
/* timers.c: a binary heap in an array, each timer knowing its place in it. */
#include "timers.h"

#include <stdlib.h>

static void put (struct timers *t, unsigned place, struct timer *timer) {
    t->heap[place] = timer;
    timer->place = place;
}

static void sift_up (struct timers *t, unsigned place, struct timer *timer) {
    while (place > 1 && t->heap[place / 2]->when_ns > timer->when_ns) {
        put (t, place, t->heap[place / 2]);
        place /= 2;
    }
    put (t, place, timer);
}

static void sift_down (struct timers *t, unsigned place, struct timer *timer) {
    for (unsigned child; (child = place * 2) <= t->n; place = child) {
        if (child < t->n && t->heap[child + 1]->when_ns < t->heap[child]->when_ns)
            child++;
        if (timer->when_ns <= t->heap[child]->when_ns)
            break;
        put (t, place, t->heap[child]);
    }
    put (t, place, timer);
}

bool timers_reserve (struct timers *t) {
    unsigned room = t->room ? t->room * 2 : 64;
    struct timer **heap;

    if (t->n + 1 < t->room)
        return true;
    if (!(heap = realloc (t->heap, room * sizeof (struct timer *))))
        return false;
    t->heap = heap;
    t->room = room;
    return true;
}

void timers_add (struct timers *t, struct timer *timer) {
    sift_up (t, ++t->n, timer);
}

void timers_remove (struct timers *t, struct timer *timer) {
    struct timer *last = t->heap[t->n--];
    unsigned place = timer->place;

    timer->place = 0;
    if (last == timer)
        return;
    if (place > 1 && t->heap[place / 2]->when_ns > last->when_ns)
        sift_up (t, place, last);
    else
        sift_down (t, place, last);
}

struct timer *timers_first (const struct timers *t) {
    return t->n ? t->heap[1] : NULL;
}
