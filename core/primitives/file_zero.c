/* SPDX-License-Identifier: BSD-3-Clause */
/* file_zero.c: zeroes and holes in a file or a block device.
 *
 * There are several ways, of which each kernel, file system and disk knows some.  They
 * stand in a table, are tried in turn, and one that was refused for good is not tried
 * again.  Where none is left the floor writes zeroes. */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/ioctl.h>
#include <linux/falloc.h>
#include <linux/fs.h>

#include "file.h"

static int punch (struct file *f, uint64_t offset, uint64_t count) {
    int r = fallocate (f->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, count);

    if (r == 0)
        atomic_store_explicit (&f->sparse, true, memory_order_relaxed);
    return r;
}

static int zero_range (struct file *f, uint64_t offset, uint64_t count) {
    return fallocate (f->fd, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE, offset, count);
}

static int reallocate (struct file *f, uint64_t offset, uint64_t count) {
    return punch (f, offset, count) < 0
               ? -1
               : fallocate (f->fd, FALLOC_FL_KEEP_SIZE, offset, count);
}

static int blkzeroout (struct file *f, uint64_t offset, uint64_t count) {
    uint64_t range[2] = {offset, count};

    return ioctl (f->fd, BLKZEROOUT, range);
}

static const struct way {
    int (*run) (struct file *, uint64_t offset, uint64_t count); /* 0, or -1 and errno */
    bool makes_hole, block_device_only, slow;
} ways[FILE_WAYS] = {
    [FILE_PUNCH] = {.run = punch, .makes_hole = true},
    [FILE_ZERO_RANGE] = {.run = zero_range},
    [FILE_REALLOCATE] = {.run = reallocate},
    [FILE_BLKZEROOUT] = {.run = blkzeroout, .block_device_only = true, .slow = true},
};

static bool suits (const struct file *f, enum file_way i, uint32_t flags) {
    const struct way *way = &ways[i];

    return !f->cannot[i] && (f->block_device || !way->block_device_only) &&
           ((flags & REQUEST_MAY_TRIM) || !way->makes_hole) &&
           (!(flags & REQUEST_FAST_ZERO) || !way->slow) &&
           (i != FILE_REALLOCATE || !f->block_device);
}

static bool is_refusal (int number) {
    return number == EOPNOTSUPP || number == ENOSYS || number == ENOTTY || number == ENODEV;
}

/* 0, -EOPNOTSUPP, or another -errno. */
static int try_way (struct file *f, enum file_way i, uint64_t offset, uint64_t count) {
    int r;

    do
        r = ways[i].run (f, offset, count);
    while (r < 0 && errno == EINTR);
    if (r == 0)
        return 0;
    if (is_refusal (errno)) {
        f->cannot[i] = true;
        return -EOPNOTSUPP;
    }
    /* A block device wants whole blocks: this range may not do, another will. */
    return f->block_device && errno == EINVAL ? -EOPNOTSUPP : -errno;
}

int file_zero (struct device *d, struct request *r) {
    struct file *f = d->state;

    if (r->count == 0)
        return file_sync_if_fua (f, r);
    for (enum file_way i = 0; i < FILE_WAYS; i++) {
        if (!suits (f, i, r->flags))
            continue;
        int result = try_way (f, i, r->offset, r->count);
        if (result == 0)
            return file_sync_if_fua (f, r);
        if (result != -EOPNOTSUPP)
            return file_fail (f, r, "zero", -result);
    }
    return -EOPNOTSUPP;
}

/* The whole blocks within the range. */
static int discard (struct file *f, uint64_t offset, uint64_t count) {
    uint64_t block = f->preferred_block;
    uint64_t first = (offset + block - 1) / block * block, end = (offset + count) / block * block;
    uint64_t range[2] = {first, end - first};

    return first < end ? ioctl (f->fd, BLKDISCARD, range) : 0;
}

int file_trim (struct device *d, struct request *r) {
    struct file *f = d->state;
    int result;

    if (f->cannot_discard || r->count == 0)
        return file_sync_if_fua (f, r);
    do
        result = f->block_device ? discard (f, r->offset, r->count)
                                 : punch (f, r->offset, r->count);
    while (result < 0 && errno == EINTR);
    if (result < 0 && is_refusal (errno))
        f->cannot_discard = true; /* it was a hint */
    else if (result < 0)
        return file_fail (f, r, "trim", errno);
    return file_sync_if_fua (f, r);
}
