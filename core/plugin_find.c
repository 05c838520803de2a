/* SPDX-License-Identifier: BSD-3-Clause */
/* plugin_find.c: from a plugin's name on the command line to its script.
 *
 * A short name is a built-in's (a script in plugins/ or filters/), a language's, or that of a
 * plugin that somebody else installed; anything with a slash or a dot in it is the path of a
 * script.  It looks, and loads nothing. */
#include "plugin_find.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "installed.h"

enum { MAX_NAMES = 256 };

const struct language *plugin_language_of (const char *path) {
    size_t length = strlen (path);

    for (const struct language *const *l = languages; *l; l++) {
        size_t n = (*l)->suffix ? strlen ((*l)->suffix) : length;
        if (length > n && strcmp (path + length - n, (*l)->suffix) == 0)
            return *l;
    }
    return NULL;
}

const struct language *plugin_language_named (const char *name) {
    for (const struct language *const *l = languages; *l; l++)
        if (strcmp ((*l)->name, name) == 0)
            return *l;
    return NULL;
}

void found_clear (struct found *found) {
    free (found->path);
    free (found->name);
    free (found->script);
}

static const char *folder (bool filter) {
    return filter ? "filters" : "plugins";
}

/* The name of a script: its file's, without folder and suffix. */
static char *name_of (const char *path, const struct language *language) {
    const char *base = strrchr (path, '/');

    base = base ? base + 1 : path;
    return strndup (base, strlen (base) - strlen (language->suffix));
}

static int find_builtin (const struct host *host, const char *name, bool filter,
                         struct found *found) {
    for (const struct language *const *l = languages; *l; l++) {
        if (!(*l)->suffix)
            continue;
        if (asprintf (&found->path, "%s/%s/%s%s", host->script_dir, folder (filter), name,
                      (*l)->suffix) < 0)
            return -ENOMEM;
        if (access (found->path, R_OK) == 0) {
            found->language = *l;
            found->name = strdup (name);
            return found->name ? 0 : -ENOMEM;
        }
        free (found->path);
        found->path = NULL;
    }
    return -ENOENT;
}

/* Every name there is, for a near miss. */
struct names {
    unsigned n;
    char *v[MAX_NAMES];
};

static void names_add (void *of, char *name) {
    struct names *names = of;

    if (name && names->n < MAX_NAMES)
        names->v[names->n++] = name;
    else
        free (name);
}

static const char *names_get (const void *of, int i) {
    const struct names *names = of;

    return (unsigned) i < names->n ? names->v[i] : NULL;
}

static void names_read (struct names *names, const struct host *host, bool filter) {
    char *path;
    DIR *dir;

    if (asprintf (&path, "%s/%s", host->script_dir, folder (filter)) < 0)
        return;
    dir = opendir (path);
    for (struct dirent *e; dir && (e = readdir (dir));) {
        const struct language *l = plugin_language_of (e->d_name);
        if (l)
            names_add (names, name_of (e->d_name, l));
    }
    if (dir)
        closedir (dir);
    free (path);
    for (const struct language *const *l = languages; !filter && *l; l++)
        names_add (names, strdup ((*l)->name));
    if (!filter)
        installed_names (names_add, names);
}

static int unknown (const struct host *host, const char *name, bool filter,
                    struct error *error) {
    const char *what = filter ? "filter" : "plugin";
    struct names names = {0};
    const char *near;

    names_read (&names, host, filter);
    near = error_near_miss (name, names_get, &names);
    error_set (error, ENOENT,
               near ? "there is no %s '%s': did you mean '%s'?" : "there is no %s '%s'", what,
               name, near);
    while (names.n > 0)
        free (names.v[--names.n]);
    return -ENOENT;
}

static bool is_short (const char *name) {
    return *name && !strpbrk (name, "/\\:; .,=");
}

static int find_path (const char *path, struct found *found, struct error *error) {
    if (access (path, R_OK) < 0)
        return error_set (error, errno, "%s: %s", path, strerror (errno));
    found->language = plugin_language_of (path);
    if (!found->language)
        return error_set (error, EINVAL,
                          "%s: no language of this build reads a file with such a name",
                          path);
    found->path = realpath (path, NULL);
    found->name = name_of (path, found->language);
    return found->path && found->name ? 0 : error_set (error, ENOMEM, "out of memory");
}

int plugin_find (const struct host *host, const char *name, bool filter, struct found *found,
                 struct error *error) {
    int r;

    *found = (struct found){0};
    if (!is_short (name))
        return find_path (name, found, error);
    r = find_builtin (host, name, filter, found);
    if (r == -ENOENT && !filter && (found->language = plugin_language_named (name))) {
        found->name = strdup (name);
        r = found->name ? 0 : -ENOMEM;
    }
    if (r == -ENOENT && !filter)
        r = installed_find (name, found, error);
    if (r == -ENOENT)
        return unknown (host, name, filter, error);
    return r < 0 ? error_set (error, -r, "%s: out of memory", name) : 0;
}
