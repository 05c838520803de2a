/* SPDX-License-Identifier: BSD-3-Clause */
/* entry.c: what is kept of a compilation: the object, and what it was made from.
 *
 *     stele-cc 1 DIGEST        of all that follows: a part of an entry is none
 *     KEY
 *     DIGEST /usr/include/x.h  each file that the compiler has read beside the script
 *     DIGEST /home/me/y.h
 *                              an empty line, then the object
 *
 * Nothing in it is believed that was not looked at: an entry counts while every file has the
 * content that it had. */
#include "entry.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "dependencies.h"
#include "digest.h"

static const char magic[] = "stele-cc 1 ";

static bool later (struct timespec a, struct timespec b) {
    return a.tv_sec != b.tv_sec ? a.tv_sec > b.tv_sec : a.tv_nsec > b.tv_nsec;
}

/* 0; -EAGAIN: it has changed since then; or -errno. */
static int check_unchanged (const char *path, struct timespec then) {
    struct stat status;

    if (stat (path, &status) < 0)
        return -errno;
    if (!S_ISREG (status.st_mode))
        return -EINVAL;
    return later (status.st_ctim, then) || later (status.st_mtim, then) ? -EAGAIN : 0;
}

/* One included file. */
static int add_file (FILE *out, const char *path, struct timespec started) {
    char text[DIGEST_TEXT + 1];
    struct content content;
    int r = strchr (path, '\n') ? -EINVAL : check_unchanged (path, started);

    if (r == 0)
        r = content_of (AT_FDCWD, path, INCLUDED_MOST, &content);
    if (r < 0)
        return r;
    fprintf (out, "%s %s\n", digest_format (text, digest_of (content.data, content.size)),
             path);
    content_clear (&content);
    return 0;
}

static int add_files (FILE *out, const struct origin *o) {
    char *rules = o->rules, *name;
    int r = 0;

    while (r == 0 && (name = dependencies_next (&rules))) {
        char *path = NULL;
        if (strcmp (name, o->source) == 0)
            continue;
        if (*name != '/' && asprintf (&path, "%s/%s", o->folder, name) < 0)
            return -ENOMEM;
        r = add_file (out, path ? path : name, o->started);
        free (path);
    }
    return r;
}

/* Magic, digest and newline before all that is in REST. */
static int seal (struct content *entry, const struct content *rest) {
    char text[DIGEST_TEXT + 1];
    FILE *out = open_memstream (&entry->data, &entry->size);

    if (!out)
        return -ENOMEM;
    fprintf (out, "%s%s\n", magic, digest_format (text, digest_of (rest->data, rest->size)));
    fwrite (rest->data, 1, rest->size, out);
    bool failed = ferror (out);
    if (fclose (out) == 0 && !failed)
        return 0;
    content_clear (entry);
    return -ENOMEM;
}

int entry_make (struct content *entry, const struct content *object, const struct origin *o) {
    char text[DIGEST_TEXT + 1];
    struct content rest = {0};
    FILE *out = open_memstream (&rest.data, &rest.size);
    bool failed;
    int r;

    *entry = (struct content){0};
    if (!out)
        return -ENOMEM;
    fprintf (out, "%s\n", digest_format (text, o->key));
    r = check_unchanged (o->source, o->started);
    if (r == 0)
        r = add_files (out, o);
    fputc ('\n', out);
    fwrite (object->data, 1, object->size, out);
    failed = ferror (out);
    if (fclose (out) != 0 || failed)
        r = -ENOMEM;
    if (r == 0)
        r = seal (entry, &rest);
    content_clear (&rest);
    return r;
}

/* The line "DIGEST PATH" of N letters: is that file what it was? */
static bool same_file (const char *line, size_t n) {
    struct content content;
    struct digest was;
    bool same = false;

    if (n <= DIGEST_TEXT + 1 || !digest_parse (line, &was))
        return false;
    char *path = strndup (line + DIGEST_TEXT + 1, n - DIGEST_TEXT - 1);
    if (path && content_of (AT_FDCWD, path, INCLUDED_MOST, &content) == 0) {
        same = digest_same (was, digest_of (content.data, content.size));
        content_clear (&content);
    }
    free (path);
    return same;
}

/* Where the lines about files begin; NULL: it is no whole entry for the key. */
static const char *check (const struct content *entry, struct digest key) {
    const char *rest = entry->data + strlen (magic) + DIGEST_TEXT + 1;
    struct digest whole, its;

    if (entry->size < strlen (magic) + 2 * (DIGEST_TEXT + 1) ||
        strncmp (entry->data, magic, strlen (magic)) != 0 ||
        !digest_parse (entry->data + strlen (magic), &whole) || rest[-1] != '\n' ||
        !digest_parse (rest, &its) || !digest_same (its, key) ||
        !digest_same (whole, digest_of (rest, entry->size - (size_t) (rest - entry->data))))
        return NULL;
    return rest + DIGEST_TEXT + 1;
}

const char *entry_object (const struct content *entry, struct digest key, size_t *size) {
    const char *line = check (entry, key), *end = entry->data + entry->size, *newline;

    while (line && (newline = memchr (line, '\n', (size_t) (end - line)))) {
        if (newline == line) {
            *size = (size_t) (end - line) - 1;
            return line + 1;
        }
        if (!same_file (line, (size_t) (newline - line)))
            return NULL;
        line = newline + 1;
    }
    return NULL;
}
