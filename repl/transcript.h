/* SPDX-License-Identifier: BSD-3-Clause */
/* transcript.h: a session as text: what was typed, and what was answered.
 *
 *     # a comment, before the first thing typed or after a blank line
 *     > 1 +
 *     >> 1
 *     2
 *     $ echo a command of the shell
 *     a command of the shell
 *     $ stele repl disk.lua size=1M
 *     > config.size             (typed to a new prompt, inside of disk.lua)
 *     1048576
 *
 * In a file that is not NAME.repl (the README, a manual page) the same is looked for in the
 * indented blocks that begin with `> ` or `$ `. */
#ifndef STELE_REPL_TRANSCRIPT_H
#define STELE_REPL_TRANSCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "../core/error.h"

enum step_kind { STEP_CHUNK, STEP_COMMAND, STEP_PROMPT };

struct step {
    enum step_kind kind;
    size_t line, typed;  /* where it begins, from 0; how many lines were typed */
    size_t wanted_lines; /* they follow */
    size_t indent;
    char *text;   /* what to evaluate, to run, or the words of the prompt; owned */
    char *answer; /* owned; NULL while it was not replayed */
};

struct transcript {
    const char *path, *name; /* from anywhere; as messages call it */
    char *text; /* the whole file, its lines ended by NUL */
    char **lines;
    size_t n;
    struct step *steps;
    size_t steps_n;
};

/* 0 or -errno; transcript_clear in either case. */
int transcript_read (struct transcript *, const char *path, const char *name, struct error *);
void transcript_clear (struct transcript *);

/* A line of the step's wanted answer, without the indentation. */
const char *transcript_line (const struct transcript *, const struct step *, size_t i);

/* The programs that lines `# needs: NAME ...` name (in Markdown `<!-- needs: NAME ... -->`, in
 * a manual page `=for needs NAME ...`), one after the other; NULL after the last.  Malloc'ed. */
char *transcript_need (const struct transcript *, size_t i);

/* Was each answer as wanted?  The differences to OUT, as a unified diff. */
bool transcript_compare (const struct transcript *, FILE *out);

/* Write the file anew with the answers that were given.  0 or -errno. */
int transcript_update (const struct transcript *, struct error *);

#endif
