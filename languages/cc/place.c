/* SPDX-License-Identifier: BSD-3-Clause */
/* place.c: a folder for what a compiler writes, for as long as it works.
 *
 * Nothing is run from it, so it may be on a file system without programs.  It is not where
 * objects are kept: that one may be full, or not be there, and the script still compiles. */
#include "place.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The first that lets us make a folder in it.  Malloc'ed; NULL with errno. */
static char *make_folder (void) {
    const char *const parents[] = {getenv ("TMPDIR"), "/tmp", "/var/tmp", "/dev/shm"};

    errno = ENOENT;
    for (size_t i = 0; i < sizeof parents / sizeof parents[0]; i++) {
        char *path;
        if (!parents[i] || *parents[i] != '/')
            continue;
        if (asprintf (&path, "%s/stele-cc-XXXXXX", parents[i]) < 0)
            return NULL;
        if (mkdtemp (path))
            return path;
        free (path);
    }
    return NULL;
}

static char *file_in (const char *folder, const char *name) {
    char *path;

    return asprintf (&path, "%s/%s", folder, name) < 0 ? NULL : path;
}

int place_new (struct place *p, struct error *error) {
    *p = (struct place){.path = make_folder ()};
    if (!p->path)
        return error_set (error, errno, "a folder for temporary files (TMPDIR): %s",
                          strerror (errno));
    p->source = file_in (p->path, "script.c");
    p->object = file_in (p->path, "script.so");
    p->read = file_in (p->path, "script.d");
    if (p->source && p->object && p->read)
        return 0;
    place_clear (p);
    return error_set (error, ENOMEM, "cc: out of memory");
}

void place_clear (struct place *p) {
    DIR *dir = p->path ? opendir (p->path) : NULL;

    for (struct dirent *e; dir && (e = readdir (dir));)
        if (strcmp (e->d_name, ".") != 0 && strcmp (e->d_name, "..") != 0)
            unlinkat (dirfd (dir), e->d_name, 0);
    if (dir)
        closedir (dir);
    if (p->path)
        rmdir (p->path);
    free (p->path);
    free (p->source);
    free (p->object);
    free (p->read);
    *p = (struct place){0};
}
