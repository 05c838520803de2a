/* SPDX-License-Identifier: BSD-3-Clause */
/* program.c: sh: the file that is run for each call. */
#include "shell.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* `sh -`: the script is what standard input has. */
static int copy_input (struct shell *s, struct error *error) {
    char buffer[65536];
    ssize_t n = -1, written;
    int fd;

    if (!s->plugin->host->stdio_safe)
        return error_set (error, EINVAL, "sh -: standard input belongs to the client");
    if (asprintf (&s->path, "%s/inline-script.sh", s->folder) < 0) {
        s->path = NULL;
        return error_set (error, ENOMEM, "sh: out of memory");
    }
    fd = open (s->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700);
    while (fd >= 0 && (n = read (STDIN_FILENO, buffer, sizeof buffer)) > 0)
        if ((written = write (fd, buffer, (size_t) n)) != n) {
            errno = written < 0 ? errno : ENOSPC;
            n = -1;
            break;
        }
    if (n < 0)
        error_set (error, errno, "%s: %s", s->path, strerror (errno));
    if (fd >= 0)
        close (fd);
    return n < 0 ? -EIO : 0;
}

int program_find (struct shell *s, struct error *error) {
    const char *path = s->plugin->path;
    struct stat status;

    if (strcmp (path, "-") == 0)
        return copy_input (s, error);
    if (!(s->path = strdup (path)))
        return error_set (error, ENOMEM, "%s: out of memory", path);
    if (stat (path, &status) == 0 && S_ISDIR (status.st_mode))
        return error_set (error, EISDIR, "%s: it is a folder", path);
    if (access (path, X_OK) < 0)
        return error_set (error, errno,
                          errno == EACCES ? "%s: it is not executable: try chmod +x"
                                          : "%s: it cannot be run",
                          path);
    return 0;
}
