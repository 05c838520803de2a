/* SPDX-License-Identifier: BSD-3-Clause */
/* file.c: a file or a block device.
 *
 * Every call names its offset, so threads share the descriptor without a lock: lseek's
 * SEEK_DATA and SEEK_HOLE too, whose answers do not depend on where it stands.  What the
 * kernel or the disk does not know is remembered and not asked again. */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>
#include <linux/fs.h>

#include "../pool.h"
#include "primitives.h"

enum { LOOK_FOR_HOLES = TINY (LOOK_FOR_HOLES, 64 << 10) }; /* bytes; a shorter read is not worth the lseek */
enum { SLOW_NS = 200000, TRIES_LEFT_MOST = 4095 };

int file_fail (struct file *f, struct request *r, const char *doing, int number) {
    return request_error (r, number, "%s: %s: %s", f->name, doing, strerror (number));
}

static int file_sync (struct file *f, struct request *r) {
    while (fdatasync (f->fd) < 0)
        if (errno != EINTR)
            return file_fail (f, r, "flush", errno);
    return 0;
}

int file_sync_if_fua (struct file *f, struct request *r) {
    return r->flags & REQUEST_FUA ? file_sync (f, r) : 0;
}

static uint64_t least (uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

/* Where data begins, from OFFSET on, or END.  What lies past the end of a file that has
 * shrunk counts as data, so that whoever reads it is told. */
static uint64_t find_data (struct file *f, uint64_t offset, uint64_t end) {
    off_t found = lseek (f->fd, offset, SEEK_DATA);
    struct stat st;

    if (found >= 0)
        return least (found, end);
    if (errno != ENXIO || fstat (f->fd, &st) < 0)
        return offset;
    if (f->block_device || (uint64_t) st.st_size >= end)
        return end;
    return (uint64_t) st.st_size > offset ? (uint64_t) st.st_size : offset;
}

/* Where the data at OFFSET ends, at most END. */
static uint64_t find_hole (struct file *f, uint64_t offset, uint64_t end) {
    off_t found = lseek (f->fd, offset, SEEK_HOLE);

    return found > (off_t) offset ? least (found, end) : end;
}

/* Is it worth a try at once? */
static bool try_is_worth (struct file_tries *t) {
    uint32_t skip = atomic_load_explicit (&t->skip, memory_order_relaxed);

    if (skip > 0)
        atomic_store_explicit (&t->skip, skip - 1, memory_order_relaxed);
    return skip == 0;
}

/* It was not: the next ones are left, and more of them each time. */
static void try_was_slow (struct file_tries *t) {
    uint32_t more = t->penalty < TRIES_LEFT_MOST / 2 ? 2 * t->penalty + 1 : TRIES_LEFT_MOST;

    t->penalty = more;
    t->skip = more;
}

/* One call, until it is done or fails.  For a request that wants it at once the kernel is
 * asked not to wait; where it cannot be asked so, as by a write to the page cache, which
 * seldom waits, the call is timed. */
static ssize_t call_timed (struct file *f, const struct request *r, struct file_tries *t,
                           struct iovec piece, uint64_t offset) {
    bool is_read = r->work == WORK_pread;
    uint64_t start_ns = r->at_once ? pool_clock_ns () : 0;
    ssize_t n = is_read ? preadv (f->fd, &piece, 1, offset) : pwritev (f->fd, &piece, 1, offset);

    if (r->at_once && pool_clock_ns () - start_ns > SLOW_NS)
        try_was_slow (t);
    else if (r->at_once && t->penalty)
        t->penalty = 0;
    return n;
}

static ssize_t read_some (struct file *f, const struct request *r, void *to, uint64_t count,
                          uint64_t offset) {
    struct iovec piece = {to, count};
    ssize_t n = -1;

    if (!r->at_once || f->cannot_be_asked)
        return call_timed (f, r, &f->reads, piece, offset);
    n = preadv2 (f->fd, &piece, 1, offset, RWF_NOWAIT);
    if (n < 0 && errno == EOPNOTSUPP) {
        f->cannot_be_asked = true;
        errno = EAGAIN;
    }
    return n;
}

static int read_part (struct file *f, struct request *r, uint64_t offset, uint64_t end) {
    while (offset < end) {
        char *to = (char *) r->data + (offset - r->offset);
        ssize_t n = read_some (f, r, to, end - offset, offset);
        if (n > 0) {
            offset += n;
            continue;
        }
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && r->at_once)
            return -EAGAIN; /* if it is something else, that will be told then */
        r->error_at = true;
        r->error_offset = offset;
        if (n < 0)
            return file_fail (f, r, "read", errno);
        return request_error (r, EIO, "%s: it has become shorter: nothing is at %" PRIu64, f->name,
                              offset);
    }
    return 0;
}

static int read_around_holes (struct file *f, struct request *r) {
    uint64_t end = r->offset + r->count;

    for (uint64_t offset = r->offset; offset < end;) {
        uint64_t data = find_data (f, offset, end);
        request_hole (r, offset - r->offset, data - offset);
        offset = data < end ? find_hole (f, data, end) : end;
        int result = read_part (f, r, data, offset);
        if (result < 0)
            return result;
    }
    return 0;
}

static int file_pread (struct device *d, struct request *r) {
    struct file *f = d->state;
    bool look = r->holes && r->count >= LOOK_FOR_HOLES && f->seeks_holes &&
                atomic_load_explicit (&f->sparse, memory_order_relaxed);
    int result;

    if (r->at_once && (f->drops_cache || !try_is_worth (&f->reads)))
        return -EAGAIN;
    result = look ? read_around_holes (f, r)
                  : read_part (f, r, r->offset, r->offset + r->count);

    if (f->drops_cache)
        posix_fadvise (f->fd, r->offset, r->count, POSIX_FADV_DONTNEED);
    return result;
}

/* What was written is sent on its way to the disk; what was written some writes ago has
 * got there, or is waited for, and is dropped from the cache. */
static void window_push (struct file *f, uint64_t offset, uint64_t count) {
    struct file_window *w = &f->window;
    uint64_t old_offset, old_count;

    sync_file_range (f->fd, offset, count, SYNC_FILE_RANGE_WRITE);
    pthread_mutex_lock (&w->lock);
    old_offset = w->written[w->next].offset;
    old_count = w->written[w->next].count;
    w->written[w->next].offset = offset;
    w->written[w->next].count = count;
    w->next = (w->next + 1) % FILE_WINDOW;
    pthread_mutex_unlock (&w->lock);
    if (old_count == 0)
        return;
    sync_file_range (f->fd, old_offset, old_count,
                     SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE |
                         SYNC_FILE_RANGE_WAIT_AFTER);
    posix_fadvise (f->fd, old_offset, old_count, POSIX_FADV_DONTNEED);
}

static int file_pwrite (struct device *d, struct request *r) {
    struct file *f = d->state;

    if (r->at_once && (r->flags & REQUEST_FUA || f->drops_cache || !try_is_worth (&f->writes)))
        return -EAGAIN;
    for (uint64_t done = 0; done < r->count;) {
        struct iovec piece = {(char *) r->payload + done, r->count - done};
        ssize_t n = call_timed (f, r, &f->writes, piece, r->offset + done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return file_fail (f, r, "write", n < 0 ? errno : EIO);
        done += n;
    }
    if (f->drops_cache && r->count > 0)
        window_push (f, r->offset, r->count);
    return file_sync_if_fua (f, r);
}

static int file_flush (struct device *d, struct request *r) {
    return file_sync (d->state, r);
}

static int file_extents (struct device *d, struct request *r) {
    struct file *f = d->state;
    uint64_t offset = r->offset, end = offset + r->count;
    int result = 0;

    while (offset < end && result == 0) {
        uint64_t data = find_data (f, offset, end);
        result = extents_add (r->extents, offset, data - offset, EXTENT_HOLE | EXTENT_ZERO);
        offset = data;
        if (data < end && result == 0) {
            offset = find_hole (f, data, end);
            result = extents_add (r->extents, data, offset - data, 0);
        }
    }
    return result < 0 ? file_fail (f, r, "extents", -result) : 0;
}

static int file_cache (struct device *d, struct request *r) {
    struct file *f = d->state;

    posix_fadvise (f->fd, r->offset, r->count, POSIX_FADV_WILLNEED);
    return 0;
}

static int file_facts (struct device *d, struct facts *facts, struct error *error) {
    struct file *f = d->state;

    (void) error;
    facts->get_size = f->size;
    facts->block_size = (struct block_size){
        .minimum = 1, .preferred = f->preferred_block, .maximum = UINT32_MAX};
    facts->can_write = facts->can_trim = facts->can_zero = f->writable;
    facts->can_extents = f->seeks_holes;
    facts->can_fast_zero = facts->can_multi_conn = true;
    facts->can_fua = facts->can_cache = SUPPORT_NATIVE;
    return 0;
}

static void file_free (struct file *f) {
    if (f->fd >= 0)
        close (f->fd);
    pthread_mutex_destroy (&f->window.lock);
    free (f->name);
    free (f);
}

static void file_close (struct device *d) {
    file_free (d->state);
}

static const struct device_type file_type = {
    .name = "file",
    .work =
        {
            [WORK_pread] = file_pread,
            [WORK_pwrite] = file_pwrite,
            [WORK_flush] = file_flush,
            [WORK_trim] = file_trim,
            [WORK_zero] = file_zero,
            [WORK_extents] = file_extents,
            [WORK_cache] = file_cache,
        },
    .facts = file_facts,
    .close = file_close,
    .may_block = true,
    .tries = 1u << WORK_pread | 1u << WORK_pwrite,
    .may_refuse_zero = true,
};

/* Duplicate a descriptor that was given, if it is open for what we need. */
static int open_fd (struct file *f, uint64_t fd, struct error *error) {
    int mode;

    if (asprintf (&f->name, "descriptor %" PRIu64, fd) < 0) {
        f->name = NULL;
        return error_set (error, ENOMEM, "file: out of memory");
    }
    f->fd = fd <= INT_MAX ? fcntl (fd, F_DUPFD_CLOEXEC, 3) : (errno = EBADF, -1);
    if (f->fd < 0 || (mode = fcntl (f->fd, F_GETFL)) < 0)
        return error_set (error, errno, "%s: %s", f->name, strerror (errno));
    if ((mode & O_ACCMODE) == O_WRONLY)
        return error_set (error, EACCES, "%s: it is open for writing only", f->name);
    f->writable = f->writable && (mode & O_ACCMODE) == O_RDWR;
    return 0;
}

/* Not to hang on a pipe, it is opened without waiting. */
static int open_with (const char *path, int folder, int flags) {
    return openat (folder, path, flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
}

static int open_path (struct file *f, const char *path, int folder, struct error *error) {
    if (!(f->name = strdup (path)))
        return error_set (error, ENOMEM, "file: out of memory");
    if (f->writable)
        f->fd = open_with (path, folder, O_RDWR);
    if (f->fd < 0 && (!f->writable || errno == EACCES || errno == EROFS || errno == EPERM)) {
        f->writable = false;
        f->fd = open_with (path, folder, O_RDONLY);
    }
    if (f->fd < 0)
        return error_set (error, errno, "%s: %s", path, strerror (errno));
    fcntl (f->fd, F_SETFL, fcntl (f->fd, F_GETFL) & ~O_NONBLOCK);
    return 0;
}

/* The page cache works in pages, whatever the disk does. */
static uint32_t suitable_block (uint64_t bytes) {
    return bytes < 4096 || bytes > 32 << 20 || (bytes & (bytes - 1)) ? 4096 : bytes;
}

static int measure_block_device (struct file *f, struct error *error) {
    unsigned best = 0;

    if (ioctl (f->fd, BLKGETSIZE64, &f->size) < 0)
        return error_set (error, errno, "%s: its size cannot be told: %s", f->name,
                          strerror (errno));
    if (ioctl (f->fd, BLKIOOPT, &best) < 0 || best == 0)
        ioctl (f->fd, BLKIOMIN, &best);
    f->block_device = true;
    f->preferred_block = suitable_block (best);
    return 0;
}

static int measure (struct file *f, struct error *error) {
    struct stat st;

    if (fstat (f->fd, &st) < 0)
        return error_set (error, errno, "%s: %s", f->name, strerror (errno));
    if (S_ISBLK (st.st_mode)) {
        int result = measure_block_device (f, error);
        if (result < 0)
            return result;
    } else if (S_ISREG (st.st_mode)) {
        f->size = st.st_size;
        f->preferred_block = suitable_block (st.st_blksize);
        f->sparse = st.st_blocks < st.st_size / 512;
    } else {
        return error_set (error, EINVAL, "%s: it is %s, not a file or a block device", f->name,
                          S_ISDIR (st.st_mode) ? "a folder" : "something else");
    }
    f->seeks_holes = lseek (f->fd, 0, SEEK_HOLE) >= 0 || errno == ENXIO;
    return 0;
}

static const struct {
    const char *name;
    int advice;
} advices[] = {
    {"normal", POSIX_FADV_NORMAL},
    {"random", POSIX_FADV_RANDOM},
    {"sequential", POSIX_FADV_SEQUENTIAL},
};

static void advise (struct file *f, const char *name) {
    for (size_t i = 0; i < sizeof advices / sizeof *advices; i++)
        if (strcmp (advices[i].name, name) == 0)
            posix_fadvise (f->fd, 0, 0, advices[i].advice);
}

static int file_find (struct file *f, const struct arguments *a, struct error *error) {
    const struct value *path = arguments_get (a, "path"), *fd = arguments_get (a, "fd"),
                       *folder = arguments_get (a, "dirfd");

    if (path->set == fd->set)
        return error_set (error, EINVAL, "file: one of path and fd must be given");
    if (folder->set && (fd->set || folder->u > INT_MAX))
        return error_set (error, EINVAL, "file: dirfd must be a descriptor, and goes with path");
    return fd->set ? open_fd (f, fd->u, error)
                   : open_path (f, path->s, folder->set ? (int) folder->u : AT_FDCWD, error);
}

struct device *file_open (struct host *host, const struct arguments *a, struct error *error) {
    const struct value *advice = arguments_get (a, "fadvise");
    struct file *f = calloc (1, sizeof *f);
    struct device *d;

    if (!f) {
        error_set (error, ENOMEM, "file: out of memory");
        return NULL;
    }
    pthread_mutex_init (&f->window.lock, NULL);
    f->fd = -1;
    f->writable = !arguments_get (a, "readonly")->b;
    f->drops_cache = arguments_get (a, "reduce_memory_pressure")->b;
    if (file_find (f, a, error) < 0 || measure (f, error) < 0) {
        file_free (f);
        return NULL;
    }
    if (advice->set)
        advise (f, advice->s);
    d = device_new (&file_type, f, NULL, host, error);
    if (!d)
        file_free (f);
    return d;
}
