/* SPDX-License-Identifier: BSD-3-Clause */
/* cache_bound.c: what does not stay in the folder of objects.
 *
 * 64 objects, and 64 MiB of them.  Only files whose names are ours are touched.  Who loses the
 * race for a file to another server finds it gone, which is as good. */
#include "cache_bound.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { ENTRIES_MOST = 64, BYTES_MOST = 64 << 20, SEEN_MOST = 1024, ABANDONED_S = 60 };

struct entry {
    char name[64];
    uint64_t size;
    struct timespec used;
};

/* Somebody began to write it, and is not at it any more. */
static void remove_abandoned (int folder, const char *name, time_t written) {
    int fd;

    if (time (NULL) - written < ABANDONED_S ||
        (fd = openat (folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)) < 0)
        return;
    if (flock (fd, LOCK_EX | LOCK_NB) == 0)
        unlinkat (folder, name, 0);
    close (fd);
}

/* The last used first. */
static int compare (const void *left, const void *right) {
    const struct entry *a = left, *b = right;

    if (a->used.tv_sec != b->used.tv_sec)
        return a->used.tv_sec < b->used.tv_sec ? 1 : -1;
    return (a->used.tv_nsec < b->used.tv_nsec) - (a->used.tv_nsec > b->used.tv_nsec);
}

static size_t read_folder (int folder, DIR *dir, struct entry *entries) {
    struct stat status;
    size_t n = 0;

    for (struct dirent *e; n < SEEN_MOST && (e = readdir (dir));) {
        if (fstatat (folder, e->d_name, &status, AT_SYMLINK_NOFOLLOW) < 0 ||
            !S_ISREG (status.st_mode))
            continue;
        if (strncmp (e->d_name, "new-", 4) == 0)
            remove_abandoned (folder, e->d_name, status.st_mtime);
        if (strncmp (e->d_name, "cc-", 3) != 0 || strlen (e->d_name) >= sizeof entries->name)
            continue;
        entries[n] = (struct entry){.size = (uint64_t) status.st_size, .used = status.st_mtim};
        strcpy (entries[n++].name, e->d_name);
    }
    return n;
}

void cache_bound (int folder) {
    struct entry *entries = malloc (SEEN_MOST * sizeof *entries);
    int fd = openat (folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir (fd);
    uint64_t bytes = 0;

    if (entries && dir) {
        size_t n = read_folder (folder, dir, entries);
        qsort (entries, n, sizeof *entries, compare);
        for (size_t i = 0; i < n; i++) {
            bytes += entries[i].size;
            if (i >= ENTRIES_MOST || bytes > BYTES_MOST)
                unlinkat (folder, entries[i].name, 0);
        }
    }
    if (dir)
        closedir (dir);
    else if (fd >= 0)
        close (fd);
    free (entries);
}
