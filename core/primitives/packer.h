/* SPDX-License-Identifier: BSD-3-Clause */
/* packer.h: zstd's state, lent to whoever packs or unpacks something.
 *
 * The state is large, so there are no more of them than processors: more threads than
 * that could not pack at once anyway.  Who wants one when all are lent waits for it, and
 * must give it back without waiting for anything itself. */
#ifndef STELE_PACKER_H
#define STELE_PACKER_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

struct error;
struct packer_state;

struct packer {
    size_t page; /* bytes */
    int level;
    pthread_mutex_t lock; /* guards idle and left; nothing else is locked under it */
    pthread_cond_t back;  /* one was given back */
    struct packer_state *idle;
    unsigned left; /* that may still be made */
};

/* 0, or -EINVAL with a sentence where there is no such level. */
int packer_init (struct packer *, size_t page, int level, struct error *);
void packer_clear (struct packer *); /* all have been given back */

struct packer_state *packer_take (struct packer *); /* NULL: out of memory */
void packer_give (struct packer *, struct packer_state *); /* NULL is fine */

/* Two pages' worth of scratch that come with it. */
unsigned char *packer_page (struct packer_state *);
unsigned char *packer_out (struct packer_state *);

/* Pack N bytes into at most ROOM.  How many they are now, or 0 where they do not fit. */
size_t packer_pack (struct packer_state *, const void *from, size_t n, void *to, size_t room);

/* The reverse, of what was N bytes.  0 or -EIO. */
int packer_unpack (struct packer_state *, const void *packed, size_t size, void *to, size_t n);

#endif
