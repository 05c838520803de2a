/* SPDX-License-Identifier: BSD-3-Clause */
/* helpers_path.c: files of a plugin, and whose standard input is. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "helpers.h"

int nbdkit_stdio_safe (void) {
    const struct host *host = helper_host ();

    return host && host->stdio_safe;
}

char *nbdkit_absolute_path (const char *path) {
    char *folder, *absolute;

    if (!path || !*path) {
        nbdkit_error ("an empty path stands for no file");
        return NULL;
    }
    if (*path == '/') {
        if (!(absolute = strdup (path)))
            nbdkit_error ("%s: %m", path);
        return absolute;
    }
    if (!(folder = getcwd (NULL, 0))) {
        nbdkit_error ("%s: the current folder: %m", path);
        return NULL;
    }
    if (asprintf (&absolute, "%s/%s", strcmp (folder, "/") == 0 ? "" : folder, path) < 0) {
        nbdkit_error ("%s: %m", path);
        absolute = NULL;
    }
    free (folder);
    return absolute;
}

char *nbdkit_realpath (const char *path) {
    char *real;

    if (!path || !*path) {
        nbdkit_error ("an empty path stands for no file");
        return NULL;
    }
    if (!(real = realpath (path, NULL)))
        nbdkit_error ("%s: %m", path);
    return real;
}
