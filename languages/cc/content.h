/* SPDX-License-Identifier: BSD-3-Clause */
/* content.h: what is in a file. */
#ifndef STELE_CC_CONTENT_H
#define STELE_CC_CONTENT_H

#include <stddef.h>

struct content {
    char *data; /* malloc'ed; a NUL follows that is not counted */
    size_t size;
};

/* All that can be read of FD, MOST bytes at most (-EFBIG).  0 or -errno. */
int content_read (int fd, size_t most, struct content *);

/* The same of a file: -EISDIR and the like.  FOLDER as openat has it. */
int content_of (int folder, const char *path, size_t most, struct content *);
int content_write (int fd, const void *data, size_t size); /* 0 or -errno */
void content_clear (struct content *);

#endif
