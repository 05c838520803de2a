/* SPDX-License-Identifier: BSD-3-Clause */
/* words.c: lists of words, and files that hold them.
 *
 * `@FILE` is replaced by FILE's lines, a parameter each; blank lines and those that begin
 * with '#' are skipped, and a line may be an @FILE again, relative to the file that it
 * stands in.  A word such as `@0x1fe 0x55` (of the data plugin) names no file and has
 * blanks: it is left as it is. */
#include "words.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 16 };

char *strings_add (struct strings *list, const char *text) {
    if (list->n == list->room) {
        size_t room = list->room ? list->room * 2 : 8;
        char **v = reallocarray (list->v, room, sizeof *v);
        if (!v)
            return NULL;
        list->v = v;
        list->room = room;
    }
    char *copy = strdup (text);
    if (copy)
        list->v[list->n++] = copy;
    return copy;
}

void strings_clear (struct strings *list) {
    for (size_t i = 0; i < list->n; i++)
        free (list->v[i]);
    free (list->v);
    *list = (struct strings){0};
}

/* The line without its blanks at both ends. */
static char *trimmed (char *line) {
    while (isspace ((unsigned char) *line))
        line++;
    char *end = line + strlen (line);
    while (end > line && isspace ((unsigned char) end[-1]))
        *--end = '\0';
    return line;
}

static int add (struct strings *list, const char *folder, const char *word, unsigned depth,
                struct error *error);

static int add_lines (struct strings *list, FILE *file, const char *path, unsigned depth,
                      struct error *error) {
    const char *slash = strrchr (path, '/');
    char *folder = slash ? strndup (path, (size_t) (slash - path) + 1) : strdup ("");
    char *line = NULL;
    size_t room = 0;
    int r = folder ? 0 : error_set (error, ENOMEM, "%s: no memory", path);

    while (r == 0 && getline (&line, &room, file) >= 0) {
        char *word = trimmed (line);
        if (*word && *word != '#')
            r = add (list, folder, word, depth, error);
    }
    if (r == 0 && ferror (file))
        r = error_set (error, errno, "%s: reading the parameters: %s", path, strerror (errno));
    free (line);
    free (folder);
    return r;
}

static int add_file (struct strings *list, const char *folder, const char *word, unsigned depth,
                     struct error *error) {
    const char *name = word + 1;
    char *path = NULL;

    if (depth >= DEPTH_MAX)
        return error_set (error, ELOOP, "%s: files of parameters name each other without end",
                          word);
    if (asprintf (&path, "%s%s", *name == '/' ? "" : folder, name) < 0)
        return error_set (error, ENOMEM, "%s: no memory", word);
    FILE *file = fopen (path, "re");
    int r;
    if (file) {
        r = add_lines (list, file, path, depth + 1, error);
        fclose (file);
    } else if (errno == ENOENT && strpbrk (word, " \t\n"))
        r = strings_add (list, word) ? 0 : error_set (error, ENOMEM, "%s: no memory", word);
    else
        r = error_set (error, errno, "%s: the file of parameters %s: %s", word, path,
                       strerror (errno));
    free (path);
    return r;
}

static int add (struct strings *list, const char *folder, const char *word, unsigned depth,
                struct error *error) {
    if (word[0] == '@' && word[1])
        return add_file (list, folder, word, depth, error);
    return strings_add (list, word) ? 0 : error_set (error, ENOMEM, "%s: no memory", word);
}

int words_add (struct strings *list, const char *word, struct error *error) {
    return add (list, "", word, 0, error);
}
