/* SPDX-License-Identifier: BSD-3-Clause */
/* histogram.h: how long requests took, in a fixed number of counters.
 *
 *      0..63 ns one counter each, then 32 counters for each power of two
 *
 * So a percentile is right to 3%, and counting is one shift and one addition; nothing is
 * allocated and nothing is sorted.  Used by one thread. */
#ifndef BENCH_HISTOGRAM_H
#define BENCH_HISTOGRAM_H

#include <stdint.h>

enum { HISTOGRAM_STEPS = 32, HISTOGRAM_COUNTERS = HISTOGRAM_STEPS * 42 };

struct histogram {
    uint64_t n, sum, max; /* ns */
    uint32_t counters[HISTOGRAM_COUNTERS];
};

static inline void histogram_add (struct histogram *h, uint64_t ns) {
    int shift = ns < 2 * HISTOGRAM_STEPS ? 0 : 58 - __builtin_clzll (ns);
    uint64_t i = (uint64_t) shift * HISTOGRAM_STEPS + (ns >> shift);

    h->counters[i < HISTOGRAM_COUNTERS ? i : HISTOGRAM_COUNTERS - 1]++;
    h->n++;
    h->sum += ns;
    if (ns > h->max)
        h->max = ns;
}

/* The time that this share (0..1) of the requests did not exceed, ns; 0 of none. */
static inline uint64_t histogram_at (const struct histogram *h, double share) {
    uint64_t wanted = (uint64_t) (share * (double) h->n), seen = 0;

    if (h->n == 0)
        return 0;
    for (uint64_t i = 0; i < HISTOGRAM_COUNTERS; i++) {
        seen += h->counters[i];
        if (seen > wanted || seen == h->n) {
            uint64_t shift = i < 2 * HISTOGRAM_STEPS ? 0 : i / HISTOGRAM_STEPS - 1;
            uint64_t top = ((i - shift * HISTOGRAM_STEPS + 1) << shift) - 1;

            return top < h->max ? top : h->max;
        }
    }
    return h->max;
}

#endif
