/* SPDX-License-Identifier: BSD-3-Clause */
/* diff.h: where two lists of lines differ.
 *
 * A wanted line may hold `...`, which stands for anything within the line; a line that is
 * nothing else stands for any number of lines. */
#ifndef STELE_REPL_DIFF_H
#define STELE_REPL_DIFF_H

#include <stdbool.h>
#include <stddef.h>

struct lines {
    const char **v;
    size_t n;
};

struct diff {
    struct diff_line {
        char how; /* ' ' as wanted, '-' wanted only, '+' given only */
        const char *line;
    } *v;
    size_t n, changes;
};

/* False: out of memory.  The lines are borrowed. */
bool diff_make (struct diff *, const struct lines *wanted, const struct lines *given);
void diff_clear (struct diff *);

#endif
