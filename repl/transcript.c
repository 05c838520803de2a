/* SPDX-License-Identifier: BSD-3-Clause */
/* transcript.c: reading a session's text, and comparing it with what happens today.
 *
 * The file stays as it is in memory, line by line; a step only says which lines are its
 * own, so that rewriting it changes nothing but answers that differ. */
#include "transcript.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "diff.h"

static bool begins (const char *line, const char *mark) {
    return strncmp (line, mark, strlen (mark)) == 0;
}

static bool is_blank (const char *line) {
    return line[strspn (line, " \t")] == '\0';
}

/* How long the mark of a typed line is: 0 for any other. */
static size_t mark_of (const char *line) {
    if (begins (line, "> ") || begins (line, "$ "))
        return 2;
    return strcmp (line, ">") == 0 ? 1 : 0;
}

static size_t mark_of_more (const char *line) {
    return begins (line, ">> ") ? 3 : strcmp (line, ">>") == 0 ? 2 : 0;
}

static size_t indent_of (const char *line) {
    return strspn (line, " \t");
}

static bool is_document (const char *path) {
    size_t n = strlen (path);
    return n < 5 || strcmp (path + n - 5, ".repl") != 0;
}

static int read_file (struct transcript *t, struct error *error) {
    FILE *file = fopen (t->path, "re");
    size_t n = 0, room = 0;

    if (!file)
        return error_set (error, errno, "%s: %s", t->name, strerror (errno));
    ssize_t got = getdelim (&t->text, &room, '\0', file);
    int r = ferror (file) ? errno : got < 0 ? 0 : memchr (t->text, '\0', (size_t) got) ? EINVAL : 0;
    fclose (file);
    if (r)
        return error_set (error, r, "%s: it cannot be read as text: %s", t->name, strerror (r));
    if (got < 0)
        return 0;
    for (char *p = t->text; *p; p++)
        n += *p == '\n';
    t->lines = calloc (n + 1, sizeof *t->lines);
    if (!t->lines)
        return error_set (error, ENOMEM, "%s: no memory", t->name);
    for (char *p = t->text; p && *p;) {
        t->lines[t->n++] = p;
        if ((p = strchr (p, '\n')) != NULL)
            *p++ = '\0';
    }
    return 0;
}

/* The words behind `$ stele repl`, or NULL for any other command. */
static const char *prompt_words (const char *command) {
    static const char *const ways[] = { "stele repl", "./stele repl" };

    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
        if (begins (command, ways[i]) && strchr (" ", command[strlen (ways[i])]) &&
            !strstr (command, " --") && !strpbrk (command, "|<>;"))
            return command + strlen (ways[i]);
    return NULL;
}

/* Put together what was typed in the lines of S. */
static int join_typed (struct transcript *t, struct step *s) {
    size_t n = 0;
    FILE *out = open_memstream (&s->text, &n);

    if (!out)
        return -ENOMEM;
    for (size_t i = 0; i < s->typed; i++) {
        const char *line = t->lines[s->line + i] + s->indent;
        fprintf (out, "%s%s", i ? "\n" : "", line + (i ? mark_of_more (line) : mark_of (line)));
    }
    if (fclose (out) != 0)
        return -ENOMEM;
    if (t->lines[s->line][s->indent] == '$') {
        const char *words = prompt_words (s->text);
        s->kind = words ? STEP_PROMPT : STEP_COMMAND;
        if (words)
            memmove (s->text, words, strlen (words) + 1);
    }
    return 0;
}

/* The answer ends before the next thing typed, before a comment behind a blank line, and in a
 * document with its block; blank lines at its end are only there to be looked at. */
static size_t answer_length (const struct transcript *t, const struct step *s) {
    size_t first = s->line + s->typed, i = first, end = first;

    for (; i < t->n; i++) {
        const char *line = t->lines[i];
        bool blank = is_blank (line);
        if (!blank && indent_of (line) < s->indent)
            break;
        if (!blank && mark_of (line + s->indent))
            break;
        if (!blank && line[s->indent] == '#' && i > 0 && is_blank (t->lines[i - 1]))
            break;
        if (!blank)
            end = i + 1;
    }
    return end - first;
}

static int add_step (struct transcript *t, size_t line, size_t indent, struct error *error) {
    struct step *more = reallocarray (t->steps, t->steps_n + 1, sizeof *more);

    if (!more)
        return error_set (error, ENOMEM, "%s: no memory", t->name);
    t->steps = more;
    struct step *s = &more[t->steps_n++];
    *s = (struct step){ .line = line, .typed = 1, .indent = indent };
    while (line + s->typed < t->n && strlen (t->lines[line + s->typed]) >= indent &&
           mark_of_more (t->lines[line + s->typed] + indent))
        s->typed++;
    if (join_typed (t, s) < 0)
        return error_set (error, ENOMEM, "%s: no memory", t->name);
    s->wanted_lines = answer_length (t, s);
    return 0;
}

int transcript_read (struct transcript *t, const char *path, const char *name,
                     struct error *error) {
    *t = (struct transcript){ .path = path, .name = name };
    bool document = is_document (path);
    int r = read_file (t, error);

    for (size_t i = 0; r == 0 && i < t->n;) {
        size_t indent = document ? indent_of (t->lines[i]) : 0;
        const char *line = t->lines[i] + indent;
        if ((!document || indent > 0) && mark_of (line)) {
            r = add_step (t, i, indent, error);
            const struct step *s = &t->steps[t->steps_n - 1];
            i += r == 0 ? s->typed + s->wanted_lines : 1;
            continue;
        }
        if (!document && !is_blank (line) && *line != '#')
            r = error_set (error, EINVAL, "%s:%zu: neither typed (`> `) nor a comment (`# `)", name,
                           i + 1);
        i++;
    }
    if (r == 0 && t->steps_n == 0)
        r = error_set (error, EINVAL, "%s: nothing is typed in it", name);
    return r;
}

void transcript_clear (struct transcript *t) {
    for (size_t i = 0; i < t->steps_n; i++) {
        free (t->steps[i].text);
        free (t->steps[i].answer);
    }
    free (t->steps);
    free (t->lines);
    free (t->text);
}

const char *transcript_line (const struct transcript *t, const struct step *s, size_t i) {
    const char *line = t->lines[s->line + s->typed + i];
    return strlen (line) >= s->indent ? line + s->indent : "";
}

/* What follows the mark of such a line, in a transcript or in the comments of a document. */
static const char *needs_of (const char *line) {
    static const char *const marks[] = { "# needs: ", "<!-- needs: ", "=for needs " };

    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (begins (line, marks[i]))
            return line + strlen (marks[i]);
    return "";
}

char *transcript_need (const struct transcript *t, size_t i) {
    for (size_t n = 0; n < t->n; n++)
        for (const char *p = needs_of (t->lines[n]); *p && !begins (p, "-->");) {
            size_t length = strcspn (p, " ");
            if (length && i-- == 0)
                return strndup (p, length);
            p += length + strspn (p + length, " ");
        }
    return NULL;
}

/* The lines of a step's wanted answer and of the one that was given. */
struct sides {
    struct lines wanted, given;
    char *text; /* the given, cut into lines */
};

static void sides_clear (struct sides *s) {
    free (s->wanted.v);
    free (s->given.v);
    free (s->text);
}

static bool sides_make (struct sides *sides, const struct transcript *t, const struct step *s) {
    size_t n = 1;

    *sides = (struct sides){ .text = strdup (s->answer ? s->answer : "") };
    for (const char *p = sides->text; p && *p; p++)
        n += *p == '\n';
    sides->wanted.v = calloc (s->wanted_lines + 1, sizeof (char *));
    sides->given.v = calloc (n + 1, sizeof (char *));
    if (!sides->text || !sides->wanted.v || !sides->given.v)
        return false;
    for (size_t i = 0; i < s->wanted_lines; i++)
        sides->wanted.v[sides->wanted.n++] = transcript_line (t, s, i);
    for (char *p = sides->text; p && *p;) {
        sides->given.v[sides->given.n++] = p;
        if ((p = strchr (p, '\n')) != NULL)
            *p++ = '\0';
    }
    while (sides->given.n && is_blank (sides->given.v[sides->given.n - 1]))
        sides->given.n--;
    return true;
}

static void print_hunk (const struct transcript *t, const struct step *s, const struct diff *d,
                        size_t given, FILE *out) {
    fprintf (out, "@@ -%zu,%zu +%zu,%zu @@\n", s->line + 1, s->typed + s->wanted_lines, s->line + 1,
             s->typed + given);
    for (size_t i = 0; i < s->typed; i++)
        fprintf (out, " %s\n", t->lines[s->line + i] + s->indent);
    for (size_t i = 0; i < d->n; i++)
        fprintf (out, "%c%s\n", d->v[i].how, d->v[i].line);
}

bool transcript_compare (const struct transcript *t, FILE *out) {
    bool same = true;

    for (size_t i = 0; i < t->steps_n && t->steps[i].answer; i++) {
        struct sides sides;
        struct diff d = { 0 };
        if (!sides_make (&sides, t, &t->steps[i]) || !diff_make (&d, &sides.wanted, &sides.given)) {
            fprintf (out, "%s: no memory to compare\n", t->name);
            same = false;
        }
        else if (d.changes) {
            if (same)
                fprintf (out, "--- %s\n+++ what was answered\n", t->name);
            print_hunk (t, &t->steps[i], &d, sides.given.n, out);
            same = false;
        }
        diff_clear (&d);
        sides_clear (&sides);
    }
    return same;
}

/* The step's lines, with its answer where that differs. */
static int write_step (const struct transcript *t, const struct step *s, FILE *out) {
    struct sides sides;
    struct diff d = { 0 };
    bool done = sides_make (&sides, t, s) && diff_make (&d, &sides.wanted, &sides.given);

    for (size_t i = 0; done && i < s->typed; i++)
        fprintf (out, "%s\n", t->lines[s->line + i]);
    for (size_t i = 0; done && i < d.n; i++)
        if (d.v[i].how != '-')
            fprintf (out, "%*s%s\n", *d.v[i].line ? (int) s->indent : 0, "", d.v[i].line);
    diff_clear (&d);
    sides_clear (&sides);
    return done ? 0 : -ENOMEM;
}

int transcript_update (const struct transcript *t, struct error *error) {
    const struct step *s = t->steps, *end = s + t->steps_n;
    char *text = NULL;
    size_t n, i = 0;
    int r = 0;
    FILE *out = open_memstream (&text, &n);

    while (out && r == 0 && i < t->n)
        if (s < end && s->answer && s->line == i) {
            r = write_step (t, s, out);
            i += s->typed + s->wanted_lines;
            s++;
        }
        else
            fprintf (out, "%s\n", t->lines[i++]);
    if (!out || fclose (out) != 0 || r < 0)
        r = error_set (error, ENOMEM, "%s: no memory", t->name);
    FILE *file = r == 0 ? fopen (t->path, "we") : NULL;
    if (r == 0 && (!file || fwrite (text, 1, n, file) != n))
        r = error_set (error, errno, "%s: writing: %s", t->name, strerror (errno));
    if (file && fclose (file) != 0 && r == 0)
        r = error_set (error, errno, "%s: writing: %s", t->name, strerror (errno));
    free (text);
    return r;
}
