/* SPDX-License-Identifier: BSD-3-Clause */
/* content.h: what is written to the disk. */
#ifndef BENCH_CONTENT_H
#define BENCH_CONTENT_H

#include <stddef.h>
#include <stdint.h>

/* SIZE bytes, always the same ones, of KIND "random" (does not compress), "text"
 * (compresses about as well as source code) or "zero".  NULL when out of memory; an
 * unknown kind ends the program. */
uint8_t *content_new (const char *kind, size_t size);

#endif
