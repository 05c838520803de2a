/* SPDX-License-Identifier: BSD-3-Clause */
/* request_header.h: what a request says, and whether it may. */
#ifndef STELE_REQUEST_HEADER_H
#define STELE_REQUEST_HEADER_H

#include <stdbool.h>
#include <stdint.h>

#include "../request.h"

struct connection;

struct header {
    uint32_t magic;
    uint16_t flags, type;
    uint64_t cookie, offset, length;
    uint64_t payload; /* so many bytes follow it */
};

/* False: this is not a request at all. */
bool header_parse (struct header *, const uint8_t *bytes, bool is_extended);

/* May this connection be asked that?  0, or -errno with a sentence.  What the device has
 * to say of ranges is not looked at. */
int header_check (const struct header *, const struct connection *, struct error *);

/* What the device is asked; the type must be known. */
enum work header_work (const struct header *);
uint32_t header_request_flags (const struct header *);

#endif
