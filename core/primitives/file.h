/* SPDX-License-Identifier: BSD-3-Clause */
/* file.h: what the parts of the file primitive share: file.c opens, reads and writes,
 * file_zero.c makes zeroes and holes.  For these two only. */
#ifndef STELE_FILE_H
#define STELE_FILE_H

#include <pthread.h>

#include "../device.h"
#include "../hostile.h"

enum { FILE_WINDOW = TINY (FILE_WINDOW, 8) }; /* writes under way before the oldest is waited for */

/* What was written last, so that it can leave the page cache when it is on disk. */
struct file_window {
    pthread_mutex_t lock; /* guards what follows */
    unsigned next;
    struct {
        uint64_t offset, count;
    } written[FILE_WINDOW];
};

/* Requests that want it at once: of those that come, so many are left before the next try. */
struct file_tries {
    _Atomic uint32_t skip, penalty;
};

enum file_way { FILE_PUNCH, FILE_ZERO_RANGE, FILE_REALLOCATE, FILE_BLKZEROOUT, FILE_WAYS };

struct file {
    int fd;
    char *name; /* as the user gave it; what messages say */
    uint64_t size;
    bool block_device, writable, seeks_holes, drops_cache;
    uint32_t preferred_block;         /* bytes */
    _Atomic bool sparse;              /* there are holes, as far as we know */
    _Atomic bool cannot[FILE_WAYS];   /* ways to zero that have been refused for good */
    _Atomic bool cannot_discard;
    _Atomic bool cannot_be_asked;     /* to read only what needs no waiting */
    struct file_tries reads, writes;
    struct file_window window;
};

int file_fail (struct file *, struct request *, const char *doing, int number);
int file_sync_if_fua (struct file *, struct request *);

work_fn file_zero, file_trim;

#endif
