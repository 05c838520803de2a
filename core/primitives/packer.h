/* SPDX-License-Identifier: BSD-3-Clause */
/* packer.h: compressing and unpacking pages, by any number of threads at once.
 *
 * Each thread that is at it has zstd's state, which is large, to itself; when it is done
 * the next one has it. */
#ifndef STELE_PACKER_H
#define STELE_PACKER_H

#include <pthread.h>
#include <stddef.h>

struct error;

struct packer {
    size_t page; /* bytes */
    int level;
    pthread_mutex_t lock; /* guards idle; nothing else is locked under it */
    struct packer_state *idle;
};

/* 0, or -EINVAL with a sentence where there is no such level. */
int packer_init (struct packer *, size_t page, int level, struct error *);
void packer_clear (struct packer *);

/* Compress a page into at most ROOM bytes: malloc'ed, HEAD bytes left free before them,
 * *N how many.  NULL where they are not enough, or out of memory. */
void *packer_pack (struct packer *, const void *page, size_t room, size_t head, size_t *n);

/* The reverse, of COUNT bytes from START in the page.  0, -ENOMEM, or -EIO. */
int packer_unpack (struct packer *, const void *packed, size_t n, void *to, size_t start,
                   size_t count);

#endif
