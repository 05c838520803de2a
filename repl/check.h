/* SPDX-License-Identifier: BSD-3-Clause */
/* check.h: replaying transcripts. */
#ifndef STELE_REPL_CHECK_H
#define STELE_REPL_CHECK_H

#include <stdbool.h>

enum { CHECK_SKIPPED = 77 }; /* the status of a transcript that lacks something here */

struct check {
    bool wanted, update;
    unsigned timeout_s; /* for each transcript */
    unsigned jobs;      /* 0: one a processor */
    const char *script; /* the global of that name; NULL for none */
};

/* Replay FILES, each in a process and an empty folder of its own; a line for each to
 * standard output.  The status to exit with: 0, 1, or CHECK_SKIPPED where all were. */
int check_run (const struct check *, char **files);

#endif
