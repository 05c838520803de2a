/* SPDX-License-Identifier: BSD-3-Clause */
/* recipe.c: how a script is run by a shell that is already there.
 *
 * The text becomes the body of a function, a fragment of eval one of its own, so that the
 * shell parses it once.  Only shells of which it is known that a function in a subshell
 * sees what a script sees; and no text that would notice. */
#include "shell.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SCRIPT_MOST = 1 << 20, FIRST_LINE = 256 };

static bool one_of (const char *word, const char *const *list) {
    for (; *list; list++)
        if (strcmp (word, *list) == 0)
            return true;
    return false;
}

/* Options of a #! line that can be set later. */
static bool can_be_set (const char *flags) {
    return flags[0] == '-' && flags[1] && flags[strspn (flags + 1, "eufC") + 1] == '\0';
}

/* "#!/bin/sh -e" or "#!/usr/bin/env bash" */
static int parse_first_line (const char *text, struct recipe *r) {
    static const char *const shells[] = {"sh", "dash", "ash", "bash", NULL};
    char line[FIRST_LINE], *save = NULL, *word, *rest;
    size_t length = strcspn (text, "\n");

    if (length >= sizeof line)
        return -ENOTSUP;
    memcpy (line, text, length);
    line[length] = '\0';
    word = strncmp (line, "#!", 2) == 0 ? strtok_r (line + 2, " \t", &save) : "/bin/sh";
    rest = save ? strtok_r (NULL, "", &save) : NULL;
    while (rest && (*rest == ' ' || *rest == '\t'))
        rest++;
    if (word && strcmp (word, "/usr/bin/env") == 0) {
        word = rest;
        rest = NULL;
    }
    if (!word)
        return -ENOTSUP;
    const char *name = strrchr (word, '/');
    if (!one_of (name ? name + 1 : word, shells) || (rest && *rest && !can_be_set (rest)))
        return -ENOTSUP;
    r->shell = strdup (word);
    r->flags = strdup (rest ? rest : "");
    return r->shell && r->flags ? 0 : -ENOMEM;
}

/* The whole file, malloc'ed, with a NUL behind it. */
static int read_file (const char *path, char **text, size_t *size) {
    int fd = open (path, O_RDONLY | O_CLOEXEC), r = -ENOTSUP;
    struct stat status;

    *text = NULL;
    if (fd < 0)
        return -errno;
    if (fstat (fd, &status) < 0 || !S_ISREG (status.st_mode) || status.st_size > SCRIPT_MOST)
        goto out;
    *size = (size_t) status.st_size;
    if (!(*text = malloc (*size + 1))) {
        r = -ENOMEM;
        goto out;
    }
    (*text)[*size] = '\0';
    if (read (fd, *text, *size) == (ssize_t) *size && !memchr (*text, '\0', *size))
        r = 0;
out:
    close (fd);
    if (r < 0)
        free (*text);
    return r;
}

/* What the shell runs, with the descriptors that warm.c gives it.  Each subshell reads a line
 * and not a byte more, which costs a call for each byte:
 *
 *     o METHOD =HANDLE ARGUMENT...             the words are plain, and there is no input
 *     x INPUT - 'METHOD' 'ARGUMENT'...         quoted; a newline is $__stele_newline
 *
 * At the end of all input the shell goes.  All of it is done for every call, so it is short. */
static char *driver_make (const struct shell *s, const struct recipe *r) {
    const char *set = *r->flags ? "set " : "", *name = s->eval ? "$__stele_method" : "script";
    char *driver;
    int n = asprintf (&driver,
                      ". /dev/fd/4 || exit\n"
                      "__stele_newline='\n'\n"
                      "echo 0\n"
                      "while :; do\n"
                      "(\n"
                      "read -r __stele_how __stele_method __stele_handle __stele_rest || {\n"
                      "kill -9 $$; exit; }\n"
                      "case $__stele_how in\n"
                      "o) exec <&5 >&3 3>&- 4>&- 5>&-\n"
                      "%s%s\n"
                      "__stele_%s $__stele_method \"${__stele_handle#=}\" $__stele_rest;;\n"
                      "x) exec <$__stele_method >&3 3>&- 4>&- 5>&-\n"
                      "%s%s\n"
                      "eval \"__stele_quoted $__stele_rest\";;\n"
                      "esac\n"
                      ")\n"
                      "echo $?\n"
                      "done\n",
                      set, r->flags, name, set, r->flags);

    return n < 0 ? NULL : driver;
}

static void define_quoted (const struct shell *s, FILE *to) {
    fprintf (to, "__stele_quoted () {\n__stele_%s \"$@\"\n}\n", s->eval ? "$1" : "script");
}

static int define (const char *name, const char *body, FILE *to) {
    fprintf (to, "__stele_%s () {\n:\n%s\n}\n", name, body);
    return ferror (to) ? -ENOMEM : 0;
}

static int define_script (const struct shell *s, struct recipe *r, FILE *to) {
    char *text;
    size_t size;
    int result;

    if (access (s->path, X_OK) < 0) /* a shell would not mind */
        return -errno;
    if ((result = read_file (s->path, &text, &size)) < 0)
        return result;
    /* These would tell it that it is a function. */
    result = strstr (text, "BASH_SOURCE") || strstr (text, "LINENO")
                 ? -ENOTSUP
                 : parse_first_line (text, r);
    if (result == 0)
        result = define ("script", text, to);
    free (text);
    return result;
}

static int define_fragments (const struct shell *s, struct recipe *r, FILE *to) {
    int result = 0;

    r->shell = strdup ("/bin/sh");
    r->flags = strdup ("");
    if (!r->shell || !r->flags)
        return -ENOMEM;
    for (const struct callback *row = callbacks; row->name && result == 0; row++) {
        const char *fragment = fragment_for (s, row);
        if (fragment && methods[row - callbacks].known && !methods[row - callbacks].not_eval)
            result = define (row->name, fragment, to);
    }
    return result;
}

int recipe_make (const struct shell *s, struct recipe *r) {
    FILE *to;
    int result;

    *r = (struct recipe){0};
    if (!(to = open_memstream (&r->definitions, &r->size)))
        return -ENOMEM;
    result = s->eval ? define_fragments (s, r, to) : define_script (s, r, to);
    if (result == 0)
        define_quoted (s, to);
    if ((fclose (to) != 0 || (result == 0 && !(r->driver = driver_make (s, r)))) && result == 0)
        result = -ENOMEM;
    if (result < 0)
        recipe_clear (r);
    return result;
}

void recipe_clear (struct recipe *r) {
    free (r->shell);
    free (r->flags);
    free (r->driver);
    free (r->definitions);
    *r = (struct recipe){0};
}
