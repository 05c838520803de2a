/* SPDX-License-Identifier: BSD-3-Clause */
/* cache.c: a folder of objects that were compiled before.
 *
 *     ~/.cache/stele/cc-DIGEST     an entry; its age is when it was last used
 *     ~/.cache/stele/new-PID-TIME  one that is being written, and locked meanwhile
 *
 * An entry appears whole or not at all, by its new name, so that servers that start at once
 * do not wait for each other.  What is loaded from here runs as us: a folder that somebody
 * else could have written to is not used. */
#include "cache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cache_bound.h"
#include "entry.h"

enum { NAME_SIZE = sizeof "cc-" + DIGEST_TEXT };

static void give_up (struct cache *c, const char *why) {
    log_error (c->log, "cc", "%s: %s: going on without a cache", c->path, why);
    if (c->fd >= 0)
        close (c->fd);
    c->fd = -1;
}

/* Where the user's caches are.  Malloc'ed; NULL: nowhere. */
static char *find_folder (void) {
    const char *cache = getenv ("XDG_CACHE_HOME"), *home = getenv ("HOME");
    char *path;
    int n = cache && *cache == '/' ? asprintf (&path, "%s/stele", cache)
            : home && *home == '/' ? asprintf (&path, "%s/.cache/stele", home)
                                   : -1;

    return n < 0 ? NULL : path;
}

/* With the folders above it.  0 or -errno. */
static int make_folders (char *path) {
    for (char *slash = strchr (path + 1, '/'); slash; slash = strchr (slash + 1, '/')) {
        *slash = '\0';
        mkdir (path, 0700); /* the last one tells whether that was possible */
        *slash = '/';
    }
    return mkdir (path, 0700) == 0 || errno == EEXIST ? 0 : -errno;
}

static const char *distrust (int fd) {
    struct stat status;

    if (fstat (fd, &status) < 0)
        return strerror (errno);
    if (status.st_uid != geteuid ())
        return "it belongs to somebody else";
    if (status.st_mode & (S_IRWXG | S_IRWXO))
        return "others may use it, too (chmod 700 would change that)";
    return NULL;
}

void cache_open (struct cache *c, const struct log *log) {
    const char *why;
    int r;

    *c = (struct cache){.fd = -1, .path = find_folder (), .log = log};
    if (!c->path)
        return;
    r = make_folders (c->path);
    c->fd = open (c->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (c->fd < 0)
        give_up (c, strerror (r < 0 ? -r : errno));
    else if ((why = distrust (c->fd)))
        give_up (c, why);
}

void cache_close (struct cache *c) {
    if (c->fd >= 0)
        close (c->fd);
    free (c->path);
    *c = (struct cache){.fd = -1};
}

static void name_entry (char name[NAME_SIZE], struct digest key) {
    char text[DIGEST_TEXT + 1];

    snprintf (name, NAME_SIZE, "cc-%s", digest_format (text, key));
}

int cache_find (const struct cache *c, struct digest key, struct content *entry) {
    char name[NAME_SIZE];
    int r;

    *entry = (struct content){0};
    if (c->fd < 0)
        return -ENOENT;
    name_entry (name, key);
    r = content_of (c->fd, name, ENTRY_MOST, entry);
    if (r == 0)
        utimensat (c->fd, name, NULL, 0); /* a folder that cannot be written to is fine */
    return r;
}

/* Write it under a name that nobody else has.  0 or -errno. */
static int write_entry (const struct cache *c, const char *name, const struct content *entry) {
    struct timespec now;
    char new[64];
    int r;

    clock_gettime (CLOCK_MONOTONIC, &now);
    snprintf (new, sizeof new, "new-%d-%ld%09ld", (int) getpid (), (long) now.tv_sec,
              now.tv_nsec);
    int fd = openat (c->fd, new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return -errno;
    flock (fd, LOCK_EX | LOCK_NB);
    r = content_write (fd, entry->data, entry->size);
    if (r == 0 && renameat (c->fd, new, c->fd, name) < 0)
        r = -errno;
    if (r < 0)
        unlinkat (c->fd, new, 0);
    close (fd);
    return r;
}

void cache_keep (const struct cache *c, struct digest key, const struct content *entry) {
    char name[NAME_SIZE];

    if (c->fd < 0 || entry->size > ENTRY_MOST)
        return;
    name_entry (name, key);
    int r = write_entry (c, name, entry);
    if (r < 0)
        log_error (c->log, "cc", "%s: %s: the object is not kept", c->path, strerror (-r));
    cache_bound (c->fd);
}
