/* SPDX-License-Identifier: BSD-3-Clause */
/* compiler.c: who compiles, how it is called, and all that decides what comes of it.
 *
 * CC and the flags are a piece of shell, as other servers have it.  Where that piece is
 * nothing but words, what they stand for is known without asking a shell, and so is the file
 * of the compiler; where it is more (a pipe, a command in it) nothing is kept of what it
 * makes.  Beside -o nothing is asked of a compiler but what its name says that it can do. */
#include "compiler.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <wordexp.h>

#include "../../core/where.h"

/* The last parts of the names of compilers that understand -MD -MF. */
static const char *const telling[] = {"cc",      "gcc", "g++", "c++", "clang",
                                      "clang++", "tcc", "c89", "c99"};

/* Files that have more files in them, of which -MF would tell of one only. */
static const char *const sources[] = {"*.c", "*.cc", "*.cpp", "*.cxx", "*.C", "*.s", "*.S"};

/* What the usual compilers take from the environment. */
static const char *const variables[] = {"CPATH",        "C_INCLUDE_PATH", "CPLUS_INCLUDE_PATH",
                                        "LIBRARY_PATH", "COMPILER_PATH",  "GCC_EXEC_PREFIX"};

#define LENGTH(table) (sizeof (table) / sizeof (table)[0])

/* "x86_64-linux-gnu-gcc-12" can do what "gcc" can. */
static bool tells (const char *word) {
    const char *base = strrchr (word, '/');
    char name[64];

    base = base ? base + 1 : word;
    if (strlen (base) >= sizeof name)
        return false;
    strcpy (name, base);
    char *dash = strrchr (name, '-');
    if (dash && strspn (dash + 1, "0123456789.") == strlen (dash + 1)) {
        *dash = '\0';
        dash = strrchr (name, '-');
    }
    for (size_t i = 0; i < LENGTH (telling); i++)
        if (strcmp (dash ? dash + 1 : name, telling[i]) == 0)
            return true;
    return false;
}

/* The program's path, malloc'ed; NULL: there is none of that name. */
static char *find_program (const char *name) {
    const char *path = getenv ("PATH");
    char *found;

    if (strchr (name, '/'))
        return access (name, X_OK) == 0 ? strdup (name) : NULL;
    for (path = path ? path : "/usr/bin:/bin"; *path; path += *path == ':') {
        size_t n = strcspn (path, ":");
        if (asprintf (&found, "%.*s/%s", n ? (int) n : 1, n ? path : ".", name) < 0)
            return NULL;
        if (access (found, X_OK) == 0)
            return found;
        free (found);
        path += n;
    }
    return NULL;
}

static bool is_there (const char *name) {
    char *path = find_program (name);

    free (path);
    return path;
}

/* The words of a piece of shell that is nothing but words. */
static bool split (const char *text, wordexp_t *words) {
    int r = wordexp (text, words, WRDE_NOCMD);

    if (r == WRDE_NOSPACE)
        wordfree (words);
    return r == 0;
}

static const char *choose (void) {
    static const char *const usual[] = {CONFIGURED_CC, "cc", "tcc"};

    for (size_t i = 0; i < LENGTH (usual); i++) {
        wordexp_t words;
        bool found = split (usual[i], &words);
        if (found) {
            found = words.we_wordc > 0 && is_there (words.we_wordv[0]);
            wordfree (&words);
        }
        if (found)
            return usual[i];
    }
    return NULL;
}

/* CC, as words: is it here?  NAME=VALUE before it is for the shell. */
static int check_program (const wordexp_t *words, size_t *which, struct error *error) {
    size_t i = 0;

    while (i < words->we_wordc && strchr (words->we_wordv[i], '='))
        i++;
    if (i == words->we_wordc)
        return error_set (error, EINVAL, "CC: it names no compiler");
    if (!is_there (words->we_wordv[i]))
        return error_set (error, ENOENT, "CC: there is no compiler '%s'", words->we_wordv[i]);
    *which = i;
    return 0;
}

/* The program that a word of CC names, for a newer one will make other objects. */
static void identify_program (FILE *out, const char *word) {
    char *path = *word == '-' ? NULL : find_program (word);
    struct stat status;

    if (path && stat (path, &status) == 0)
        fprintf (out, "%s %" PRIu64 " %jd.%09ld\n", path, (uint64_t) status.st_size,
                 (intmax_t) status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
    free (path);
}

/* A file that goes into the object, or says how.  False: it is more than it says. */
static bool identify_file (FILE *out, const char *name) {
    char text[DIGEST_TEXT + 1];
    struct content content;
    struct stat status;

    if (stat (name, &status) < 0 || !S_ISREG (status.st_mode))
        return true;
    for (size_t i = 0; i < LENGTH (sources); i++)
        if (fnmatch (sources[i], name, 0) == 0)
            return false;
    if (content_of (AT_FDCWD, name, SIZE_MAX, &content) < 0)
        return false;
    fprintf (out, "%s\n", digest_format (text, digest_of (content.data, content.size)));
    content_clear (&content);
    return true;
}

/* "helper.o", "@options", "-Wl,--version-script=map": the file may be the word or its end. */
static bool identify_files (FILE *out, const char *word) {
    static const char before[] = {'@', '=', ','};
    bool known = identify_file (out, word);

    for (size_t i = 0; i < LENGTH (before); i++) {
        const char *end = strrchr (word, before[i]);
        if (end)
            known &= identify_file (out, end + 1);
    }
    return known;
}

/* -march=native: homes are shared between machines. */
static void identify_machine (FILE *out) {
    struct utsname machine;

    if (uname (&machine) == 0)
        fprintf (out, "%s\n", machine.nodename);
}

/* The words, and what they name.  False: who knows. */
static bool identify_words (FILE *out, const wordexp_t *words, bool program) {
    bool known = true;

    for (size_t i = 0; i < words->we_wordc; i++) {
        const char *word = words->we_wordv[i];
        fprintf (out, "%zu %s\n", strlen (word), word);
        if (strstr (word, "native"))
            identify_machine (out);
        if (program)
            identify_program (out, word);
        else
            known &= identify_files (out, word);
    }
    fputc ('\n', out);
    return known;
}

static void identify_place (FILE *out, const struct compiler *c) {
    char *folder = c->chosen ? getcwd (NULL, 0) : NULL;

    fprintf (out, "%s %s\n%s\n%s\n", PACKAGE_VERSION, HOST_CPU, c->includes,
             folder ? folder : "");
    free (folder);
    for (size_t i = 0; i < LENGTH (variables); i++) {
        const char *value = getenv (variables[i]);
        fprintf (out, "%s=%s\n", variables[i], value ? value : "");
    }
}

/* See what the words are.  Where they are not only words it stays a secret of the shell's. */
static int look (struct compiler *c, struct error *error) {
    const char *const texts[] = {c->cc, c->cflags, c->extra};
    size_t size, program = 0;
    FILE *out = open_memstream (&c->identity, &size);
    int r = 0;

    if (!out)
        return error_set (error, ENOMEM, "cc: out of memory");
    c->cacheable = true;
    identify_place (out, c);
    for (size_t i = 0; i < LENGTH (texts); i++) {
        wordexp_t words;
        if (!split (texts[i], &words)) {
            c->cacheable = false;
            continue;
        }
        if (i == 0 && (r = check_program (&words, &program, error)) == 0)
            for (size_t w = program; w < words.we_wordc && w < program + 2; w++)
                c->tells |= tells (words.we_wordv[w]); /* "ccache gcc", too */
        c->cacheable &= identify_words (out, &words, i == 0);
        wordfree (&words);
    }
    c->cacheable &= c->tells;
    bool failed = ferror (out);
    if (fclose (out) != 0 || failed)
        r = error_set (error, ENOMEM, "cc: out of memory");
    return r;
}

int compiler_find (struct compiler *c, const char *cc, const char *cflags, const char *extra,
                   struct error *error) {
    *c = (struct compiler){.cc = cc ? cc : choose (),
                           .cflags = cflags ? cflags : COMPILER_FLAGS,
                           .extra = extra ? extra : "",
                           .chosen = cc || cflags || extra,
                           .includes = where_includes ()};
    int r = c->includes ? 0 : error_set (error, ENOMEM, "cc: out of memory");

    if (r == 0 && !c->cc)
        r = error_set (error, ENOENT,
                       "there is no C compiler: neither %s nor cc nor tcc; CC= names "
                       "another",
                       CONFIGURED_CC);
    if (r == 0)
        r = look (c, error);
    if (r == 0 && asprintf (&c->command, "%s %s %s %s \"$1\" -o \"$2\"", c->cc, c->cflags,
                            c->extra, c->tells ? "-MD -MF \"$3\"" : "") < 0) {
        c->command = NULL;
        r = error_set (error, ENOMEM, "cc: out of memory");
    }
    if (r < 0)
        compiler_clear (c);
    return r;
}

void compiler_clear (struct compiler *c) {
    free (c->includes);
    free (c->command);
    free (c->identity);
    *c = (struct compiler){0};
}

int compiler_key (const struct compiler *c, const char *path, const struct content *source,
                  struct digest *key) {
    char text[DIGEST_TEXT + 1], *all;
    int n = asprintf (&all, "%s\n%s\n%s", c->identity, path,
                      digest_format (text, digest_of (source->data, source->size)));

    if (n < 0)
        return -ENOMEM;
    *key = digest_of (all, (size_t) n);
    free (all);
    return 0;
}
