/* SPDX-License-Identifier: BSD-3-Clause */
/* bytes.h: are these bytes all zero?
 *
 * Bytes that are not say so early: the first few are looked at by themselves, and what
 * is left is compared with itself, shifted, by memcmp, which stops where it differs. */
#ifndef STELE_BYTES_H
#define STELE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static inline bool bytes_are_zero (const void *data, size_t count) {
    const unsigned char *p = data;
    size_t head = count < 16 ? count : 16;

    for (size_t i = 0; i < head; i++)
        if (p[i])
            return false;
    return memcmp (p, p + head, count - head) == 0;
}

#endif
