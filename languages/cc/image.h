/* SPDX-License-Identifier: BSD-3-Clause */
/* image.h: an object in memory that the loader can load as a file. */
#ifndef STELE_CC_IMAGE_H
#define STELE_CC_IMAGE_H

#include <stddef.h>

enum { IMAGE_PATH = 128 };

struct image {
    int fd;                /* -1: none */
    char path[IMAGE_PATH]; /* for as long as fd is open; no other image ever has it */
};

/* NAME is what /proc shows of it.  0 or -errno, nothing kept. */
int image_new (struct image *, const char *name, const void *object, size_t size);
void image_free (struct image *); /* what was loaded from it stays */

#endif
