/* SPDX-License-Identifier: BSD-3-Clause */
/* where.c: where the program and its scripts are.
 *
 * An installed program knows its folder from when it was built.  One that lies in a build
 * tree finds a file .build-tree beside it, whose first line is the source folder; so it
 * can be tried, and tested, before it is installed. */
#include "where.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *where_program (void) {
    char path[PATH_MAX];
    ssize_t n = readlink ("/proc/self/exe", path, sizeof path - 1);

    if (n <= 0)
        return strdup (BINDIR "/stele");
    path[n] = '\0';
    return strdup (path);
}

/* The first line of .build-tree beside the program, or NULL. */
static char *build_tree (void) {
    char *program = where_program (), *slash = program ? strrchr (program, '/') : NULL;
    char *path = NULL, *line = NULL;
    size_t room = 0;

    if (!slash || asprintf (&path, "%.*s/.build-tree", (int) (slash - program), program) < 0) {
        free (program);
        return NULL;
    }
    free (program);
    FILE *file = fopen (path, "re");
    free (path);
    if (!file)
        return NULL;
    ssize_t n = getline (&line, &room, file);
    fclose (file);
    if (n > 0 && line[n - 1] == '\n')
        line[--n] = '\0';
    if (n > 0)
        return line;
    free (line);
    return NULL;
}

char *where_helper (const char *name) {
    char *tree = build_tree (), *program = tree ? where_program () : NULL, *path = NULL;
    char *slash = program ? strrchr (program, '/') : NULL;
    int n = slash ? asprintf (&path, "%.*s/%s", (int) (slash - program), program, name)
                  : asprintf (&path, "%s/%s", PKGLIBEXECDIR, name);

    free (program);
    free (tree);
    return n < 0 ? NULL : path;
}

char *where_scripts (void) {
    char *folder = build_tree ();
    return folder ? folder : strdup (PKGDATADIR);
}

char *where_includes (void) {
    char *folder = build_tree (), *path = NULL;

    if (!folder)
        return strdup (PKGINCLUDEDIR);
    if (asprintf (&path, "%s/include", folder) < 0)
        path = NULL;
    free (folder);
    return path;
}
