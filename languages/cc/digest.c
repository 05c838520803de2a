/* SPDX-License-Identifier: BSD-3-Clause */
/* digest.c: 128 bits that stand for a text.
 *
 * They tell whether a file is still the one that was compiled; who wants to deceive a folder
 * that only its owner can write to need not forge them.  So they are made for speed. */
#include "digest.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

struct digest digest_of (const void *data, size_t size) {
    XXH128_hash_t hash = XXH3_128bits (data, size);

    return (struct digest){.high = hash.high64, .low = hash.low64};
}

bool digest_same (struct digest a, struct digest b) {
    return a.high == b.high && a.low == b.low;
}

char *digest_format (char text[DIGEST_TEXT + 1], struct digest d) {
    snprintf (text, DIGEST_TEXT + 1, "%016" PRIx64 "%016" PRIx64, d.high, d.low);
    return text;
}

bool digest_parse (const char *text, struct digest *d) {
    return strspn (text, "0123456789abcdef") >= DIGEST_TEXT &&
           sscanf (text, "%16" SCNx64 "%16" SCNx64, &d->high, &d->low) == 2;
}
