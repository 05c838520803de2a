/* SPDX-License-Identifier: BSD-3-Clause */
/* check.h: what a C unit test says it with.
 *
 * CHECK prints where and what when something does not hold, and the test goes on; main
 * ends with `return check_result ();`. */
#ifndef STELE_CHECK_H
#define STELE_CHECK_H

#include <stdatomic.h>
#include <stdio.h>

static atomic_uint check_failures, check_count;

#define CHECK(condition)                                                                       \
    do {                                                                                       \
        check_count++;                                                                         \
        if (!(condition)) {                                                                    \
            check_failures++;                                                                  \
            fprintf (stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #condition);     \
        }                                                                                      \
    } while (0)

#define CHECK_EQ(a, b)                                                                         \
    do {                                                                                       \
        long long a_ = (long long) (a), b_ = (long long) (b);                                  \
        check_count++;                                                                         \
        if (a_ != b_) {                                                                        \
            check_failures++;                                                                  \
            fprintf (stderr, "%s:%d: %s is %lld, not %lld\n", __FILE__, __LINE__, #a, a_, b_); \
        }                                                                                      \
    } while (0)

static inline int check_result (void) {
    if (check_count == 0)
        fprintf (stderr, "nothing was checked\n");
    return check_failures || check_count == 0;
}

#endif
