/* SPDX-License-Identifier: BSD-3-Clause */
/* installed.c: plugins by other makers, where their packages put them.
 *
 *     FOLDER/nbdkit-NAME-plugin.so   a shared object
 *     FOLDER/nbdkit-NAME-plugin      a script; its first line says "#!/usr/bin/nbdkit LANGUAGE"
 *
 * The language of a script is one of this program's, or else a plugin in the same folders that
 * is given the script.  The first folder that has a file of the name is asked. */
#include "installed.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const folders[] = {
#ifdef NBDKIT_PLUGINDIR
    NBDKIT_PLUGINDIR, /* configure was told, or found out */
#endif
#ifndef NBDKIT_PLUGINDIR_ONLY
    LIBDIR "/nbdkit/plugins",
#ifdef MULTIARCH
    "/usr/lib/" MULTIARCH "/nbdkit/plugins",
#endif
    "/usr/lib64/nbdkit/plugins",
    "/usr/lib/nbdkit/plugins",
#endif
    NULL,
};

static const char prefix[] = "nbdkit-", suffix[] = "-plugin", object[] = ".so";

/* The path of a plugin's file, malloc'ed, if there is one; NULL with 0, or with -ENOMEM. */
static int look (const char *name, const char *ending, int mode, char **path) {
    for (const char *const *f = folders; *f; f++) {
        if (asprintf (path, "%s/%s%s%s%s", *f, prefix, name, suffix, ending) < 0) {
            *path = NULL;
            return -ENOMEM;
        }
        if (access (*path, mode) == 0)
            return 0;
        free (*path);
    }
    *path = NULL;
    return 0;
}

/* The second word of "#!/usr/bin/nbdkit LANGUAGE", malloc'ed; NULL where it is not that. */
static char *language_of_script (const char *path) {
    static const char blanks[] = " \t\r\n";
    char line[256], *save = NULL, *program = NULL, *slash, *word = NULL;
    FILE *file = fopen (path, "re");

    if (file && fgets (line, sizeof line, file) && strncmp (line, "#!", 2) == 0)
        program = strtok_r (line + 2, blanks, &save);
    if (program && (slash = strrchr (program, '/')))
        program = slash + 1;
    if (program && (strcmp (program, "nbdkit") == 0 || strcmp (program, "stele") == 0))
        word = strtok_r (NULL, blanks, &save);
    if (file)
        fclose (file);
    return word ? strdup (word) : NULL;
}

/* FOUND->script is the script.  Who reads it? */
static int find_reader (struct found *found, struct error *error) {
    char *word = language_of_script (found->script);
    int r = 0;

    if (!word)
        return error_set (error, EINVAL,
                          "%s: its first line is not '#!/usr/bin/nbdkit LANGUAGE'",
                          found->script);
    if ((found->language = plugin_language_named (word))) {
        found->path = found->script;
        found->script = NULL;
    } else if ((r = look (word, object, R_OK, &found->path)) == 0 && found->path) {
        found->language = plugin_language_of (found->path);
    } else if (r == 0) {
        r = error_set (error, EINVAL,
                       "%s: it is written for the plugin '%s', which is not here",
                       found->script, word);
    }
    free (word);
    return r;
}

int installed_find (const char *name, struct found *found, struct error *error) {
    int r = look (name, object, R_OK, &found->path);

    if (r < 0 || !(found->name = strdup (name)))
        return -ENOMEM;
    if (found->path) {
        found->language = plugin_language_of (found->path);
        return 0;
    }
    if ((r = look (name, "", X_OK, &found->script)) < 0)
        return r;
    return found->script ? find_reader (found, error) : -ENOENT;
}

/* "nbdkit-memory-plugin.so" is memory.  NULL: it is no plugin, or there is no memory. */
static char *name_of (const char *file) {
    const char *start = file + strlen (prefix), *end = strstr (file, suffix);
    const char *rest = end ? end + strlen (suffix) : NULL;

    if (strncmp (file, prefix, strlen (prefix)) != 0 || !rest || end <= start ||
        (*rest && strcmp (rest, object) != 0))
        return NULL;
    return strndup (start, (size_t) (end - start));
}

void installed_names (void (*take) (void *of, char *name), void *of) {
    for (const char *const *f = folders; *f; f++) {
        DIR *dir = opendir (*f);
        for (struct dirent *e; dir && (e = readdir (dir));) {
            char *name = name_of (e->d_name);
            if (name)
                take (of, name);
        }
        if (dir)
            closedir (dir);
    }
}
