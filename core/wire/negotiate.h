/* SPDX-License-Identifier: BSD-3-Clause */
/* negotiate.h: options, and how they are answered ("Fixed newstyle negotiation"). */
#ifndef STELE_NEGOTIATE_H
#define STELE_NEGOTIATE_H

#include "steps.h"

enum { OPTION_DATA_MAX = 68 << 10, OPTION_SKIP_MAX = 16 << 20 }; /* bytes */

enum took negotiate_option (struct connection *, const uint8_t *bytes);
enum took negotiate_option_data (struct connection *, const uint8_t *bytes);

/* For the option that is being handled: a reply of N bytes, whose place it returns (NULL
 * when out of memory; the connection then ends), or an error with a sentence. */
uint8_t *negotiate_reply (struct connection *, uint32_t type, size_t n);
void negotiate_ack (struct connection *);
void negotiate_error (struct connection *, uint32_t type, const char *format, ...)
    __attribute__ ((format (printf, 3, 4)));

/* Option data, read from its front. */
struct reader {
    const uint8_t *at;
    uint32_t left;
};

/* False: there is not that much, or the string is too long or holds a NUL. */
bool read16 (struct reader *, uint16_t *);
bool read32 (struct reader *, uint32_t *);
bool read_string (struct reader *, const char **, uint32_t *n); /* its length comes first */
char *read_copy (const char *, uint32_t n);                     /* malloc'ed */

#endif
