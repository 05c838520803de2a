/* SPDX-License-Identifier: BSD-3-Clause */
/* folder.c: the folder that a script finds as $tmpdir, and its end. */
#include "shell.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

enum { OPEN_FOLDERS = 16 };

char *folder_new (void) {
    const char *parent = getenv ("TMPDIR");
    char *path;

    if (asprintf (&path, "%s/stele-XXXXXX", parent && *parent == '/' ? parent : "/tmp") < 0) {
        errno = ENOMEM;
        return NULL;
    }
    if (mkdtemp (path))
        return path;
    free (path);
    return NULL;
}

static int remove_one (const char *path, const struct stat *status, int type, struct FTW *at) {
    (void) status, (void) type, (void) at;
    remove (path); /* what cannot be removed stays, with the folders that it is in */
    return 0;
}

void folder_remove (const char *path) {
    nftw (path, remove_one, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}
