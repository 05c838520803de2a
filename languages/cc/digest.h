/* SPDX-License-Identifier: BSD-3-Clause */
/* digest.h: 128 bits that stand for a text. */
#ifndef STELE_CC_DIGEST_H
#define STELE_CC_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DIGEST_TEXT = 32 }; /* letters */

struct digest {
    uint64_t high, low;
};

struct digest digest_of (const void *data, size_t size);
bool digest_same (struct digest, struct digest);

/* As 32 hexadecimal digits and a NUL; TEXT is returned. */
char *digest_format (char text[DIGEST_TEXT + 1], struct digest);
bool digest_parse (const char *text, struct digest *); /* false: it does not begin with one */

#endif
